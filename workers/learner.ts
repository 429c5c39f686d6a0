/**
 * The centre alone: takes what edges acknowledged, learns, gates and publishes; it answers requests as well. `deno run -A
 * workers/learner.ts`
 *
 * It reads `EDDY_CONFIGURATION` (a JSON file; default `eddy.config.json`), `EDDY_RECEIPT_SECRETS` (hex, with commas between,
 * the same as at the edges) and `EDDY_DATABASE_URL`.
 *
 * @module
 */
import { EddyError } from "../src/errors.ts";
import { openService, resolveServiceConfiguration } from "../src/service/mod.ts";

/** Longest wait for requests that are under way; streams never end by themselves. */
const STOP_MS = 2000;

const { EDDY_CONFIGURATION = "eddy.config.json", EDDY_RECEIPT_SECRETS, EDDY_DATABASE_URL } = Deno.env.toObject();
if (!EDDY_RECEIPT_SECRETS) {
  throw new EddyError(
    "configuration_invalid",
    "Cannot verify receipts of edges: set EDDY_RECEIPT_SECRETS as they have it",
  );
}
const service = await openService(
  resolveServiceConfiguration(JSON.parse(await Deno.readTextFile(EDDY_CONFIGURATION))),
  {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    fillRandom: (into) => crypto.getRandomValues(into as Uint8Array<ArrayBuffer>),
    every(milliseconds, call): () => void {
      const timer = setInterval(call, milliseconds);
      return () => clearInterval(timer);
    },
    receiptSecrets: EDDY_RECEIPT_SECRETS.split(",").map((secret) => Uint8Array.fromHex(secret.trim())),
    databaseUrl: EDDY_DATABASE_URL,
    version: "0.1.0",
  },
);
const { host: hostname, port } = service.configuration.http;
const onListen = ({ hostname, port }: Deno.NetAddr): void => console.log(`listening at http://${hostname}:${port}`);
const server = Deno.serve({ hostname, port, onListen }, (request) => service.app.fetch(request));
const stop = async (): Promise<void> => {
  await Promise.race([server.shutdown(), new Promise((resolve) => setTimeout(resolve, STOP_MS))]);
  await service[Symbol.asyncDispose]();
  Deno.exit(0);
};
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, stop);
