import type { ServiceConfiguration, ServiceMachine } from "../../service/mod.ts";
import type { Host } from "../host.ts";
import { localMachine } from "./local_machine.ts";
import { receiptSecrets } from "./receipt_secrets.ts";

/** The machine that the command line runs on, for a service: secrets beside its database, problems on standard error. */
export async function serviceMachine({ store }: ServiceConfiguration, host: Host): Promise<ServiceMachine> {
  const secrets = await receiptSecrets(store.kind === "sqlite" ? store.path : undefined, host);
  return {
    ...localMachine(secrets, host.machine.eddy),
    databaseUrl: host.variable("EDDY_DATABASE_URL"),
    report: ({ requestId, method, path, code, error }) =>
      host.stderr.write(`${host.date()} ${requestId} ${method} ${path}: ${code}: ${error.stack ?? error.message}\n`),
  };
}
