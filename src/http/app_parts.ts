import type { ReceiptBook } from "../episode/mod.ts";
import type { EventHub } from "./_event_hub.ts";
import type { StatusReport } from "./status_report.ts";
import type { Traffic } from "./_traffic.ts";

/** What the routes of one application share beside its dependencies. */
export interface AppParts {
  /** Signs and verifies receipts. */
  readonly receipts: ReceiptBook;
  /** Counts what passes. */
  readonly traffic: Traffic;
  /** Tells listeners of `/v1/events`. */
  readonly events: EventHub;
  /** Writes a status report. */
  readonly report: () => Promise<StatusReport>;
}
