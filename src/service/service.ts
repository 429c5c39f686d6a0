import type { App, ProblemReport } from "../http/mod.ts";
import type { CentralLoop } from "../learning/mod.ts";
import type { Store } from "../store/mod.ts";
import type { ServiceConfiguration } from "./service_configuration.ts";

/** A whole Eddy in one process: what it serves, keeps and learns. */
export interface Service extends AsyncDisposable {
  /** With every default filled in. */
  readonly configuration: ServiceConfiguration;
  /** Answers requests. */
  readonly app: App;
  /** What is kept. */
  readonly store: Store;
  /** What learns. */
  readonly loop: CentralLoop;
}

/** What a service takes from the machine it runs on. */
export interface ServiceMachine {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds of a clock that never goes back, with fractions. */
  readonly monotonic: () => number;
  /** Fills with numbers that nobody can foresee. */
  readonly fillRandom: (into: Uint8Array) => Uint8Array;
  /** Calls back again and again. @returns What ends that. */
  readonly every: (milliseconds: number, call: () => void) => () => void;
  /** Secrets that receipts are signed with, newest first. */
  readonly receiptSecrets: readonly Uint8Array[];
  /** Address of the database, where the configuration leaves it to the environment. */
  readonly databaseUrl?: string;
  /** Version of Eddy. */
  readonly version: string;
  /** Hears of requests that failed through no fault of their clients. */
  readonly report?: ProblemReport;
}
