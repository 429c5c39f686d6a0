/**
 * An edge in Deno: serves the agents of a configuration, keeps what it acknowledges in a file until the centre has it, and
 * follows what the centre publishes. `deno run -A workers/edge.ts`
 *
 * It reads `EDDY_CONFIGURATION` (a file; default `eddy.config.json`), `EDDY_RECEIPT_SECRETS` (the centre's: hex, with commas
 * between) and `EDDY_CENTRE_KEY` (a key with the scopes decide, feedback and read; unset where the centre is open).
 *
 * @module
 */
import { createRewardModelAgent } from "../src/agent/create_reward_model_agent.ts";
import { createAccess, createApp } from "../src/http/mod.ts";
import { connectCentre } from "../src/edge/connect_centre.ts";
import { type Edge, openEdge } from "../src/edge/open_edge.ts";
import type { OutboxStorage } from "../src/edge/outbox_storage.ts";
import { EddyError } from "../src/errors.ts";
import { loadKernels } from "../src/kernels/mod.ts";
import { createIdSource } from "../src/service/id_source.ts";
import { resolveServiceConfiguration } from "../src/service/resolve_service_configuration.ts";
import type { ServiceConfiguration } from "../src/service/service_configuration.ts";

/** Longest wait for requests that are under way; streams never end by themselves. */
const STOP_MS = 2000;

/** What the environment tells an edge. */
export interface EdgeVariables {
  readonly EDDY_CONFIGURATION?: string;
  readonly EDDY_RECEIPT_SECRETS?: string;
  readonly EDDY_CENTRE_KEY?: string;
}

/** Opens an edge on the machine that this is; `edge_cloudflare.ts` does the same in workerd. */
export async function openEdgeHere(
  configuration: ServiceConfiguration,
  { EDDY_RECEIPT_SECRETS = "", EDDY_CENTRE_KEY: key }: EdgeVariables,
  storage: OutboxStorage,
): Promise<Edge> {
  const kernels = await loadKernels();
  const fillRandom = (into: Uint8Array): Uint8Array => crypto.getRandomValues(into as Uint8Array<ArrayBuffer>);
  return await openEdge({
    ...configuration.http,
    agents: configuration.agents,
    createApp,
    createAccess,
    serve: (name, agent) => createRewardModelAgent(kernels, name, agent),
    centre: connectCentre({ fetch: (request) => fetch(request), address: configuration.edge!.centre, key }),
    storage,
    receiptSecrets: EDDY_RECEIPT_SECRETS.split(",").filter(Boolean).map((hex) => Uint8Array.fromHex(hex.trim())),
    now: () => Date.now(),
    monotonic: () => performance.now(),
    newId: createIdSource(() => Date.now(), fillRandom),
    randomSeed: () => new DataView(fillRandom(new Uint8Array(4)).buffer).getUint32(0),
    version: "0.1.0",
  });
}

/** A configuration with every default. @throws {EddyError} `configuration_invalid` If it is of no edge. */
export function readEdgeConfiguration(text: string): ServiceConfiguration {
  const configuration = resolveServiceConfiguration(JSON.parse(text));
  if (configuration.edge) return configuration;
  throw new EddyError("configuration_invalid", "Cannot open an edge: 'edge.centre' does not say where the centre is");
}

/** Serves in Deno until it is asked to end. */
async function serveHere(): Promise<void> {
  const variables: EdgeVariables = Deno.env.toObject();
  const configuration = readEdgeConfiguration(
    await Deno.readTextFile(variables.EDDY_CONFIGURATION ?? "eddy.config.json"),
  );
  const { sqliteOutboxStorage } = await import("../src/edge/sqlite_outbox_storage.ts");
  const edge = await openEdgeHere(configuration, variables, sqliteOutboxStorage(configuration.edge!.outbox));
  const { host: hostname, port } = configuration.http;
  const onListen = ({ hostname, port }: Deno.NetAddr): void => console.log(`listening at http://${hostname}:${port}`);
  const server = Deno.serve({ hostname, port, onListen }, (request) => edge.app.fetch(request));
  const stop = async (): Promise<void> => {
    await Promise.race([server.shutdown(), new Promise((resolve) => setTimeout(resolve, STOP_MS))]);
    await edge[Symbol.asyncDispose]();
    Deno.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, stop);
}

if (import.meta.main) await serveHere();
