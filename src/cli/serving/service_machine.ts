import type { ServiceConfiguration, ServiceMachine } from "../../service/mod.ts";
import type { Host } from "../host.ts";
import { receiptSecrets } from "./receipt_secrets.ts";

/** The machine that Deno is, for a service. */
export async function serviceMachine({ store }: ServiceConfiguration, host: Host): Promise<ServiceMachine> {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    fillRandom: (into) => crypto.getRandomValues(into as Uint8Array<ArrayBuffer>),
    every(milliseconds, call): () => void {
      const timer = setInterval(call, milliseconds);
      return () => clearInterval(timer);
    },
    receiptSecrets: await receiptSecrets(store.kind === "sqlite" ? store.path : undefined, host),
    databaseUrl: host.variable("EDDY_DATABASE_URL"),
    version: host.machine.eddy,
    report: ({ requestId, method, path, code, error }) =>
      host.stderr.write(`${host.date()} ${requestId} ${method} ${path}: ${code}: ${error.stack ?? error.message}\n`),
  };
}
