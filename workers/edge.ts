/**
 * An edge: serves the agents of a configuration, keeps what it acknowledges until the centre has it, and follows what the
 * centre publishes.
 *
 * In Deno (`deno run -A workers/edge.ts`) it listens where the configuration says and keeps its outbox in a file. In workerd
 * (Cloudflare Workers; `workers/bundle_edge.ts` makes the bundle) every place has one Durable Object that is an edge.
 *
 * Both read `EDDY_CONFIGURATION` (a file in Deno, the JSON itself in workerd), `EDDY_RECEIPT_SECRETS` (the centre's: hex,
 * with commas between) and `EDDY_CENTRE_KEY` (a key with the scopes decide, feedback and read; unset where the centre is
 * open).
 *
 * @module
 */
import { createRewardModelAgent } from "../src/agent/create_reward_model_agent.ts";
import { connectCentre } from "../src/edge/connect_centre.ts";
import { type DurableObjectStorage, durableObjectOutboxStorage } from "../src/edge/durable_object_outbox_storage.ts";
import { type Edge, openEdge } from "../src/edge/open_edge.ts";
import type { OutboxStorage } from "../src/edge/outbox_storage.ts";
import { EddyError } from "../src/errors.ts";
import { loadKernels } from "../src/kernels/mod.ts";
import { createIdSource } from "../src/service/id_source.ts";
import { resolveServiceConfiguration } from "../src/service/resolve_service_configuration.ts";
import type { ServiceConfiguration } from "../src/service/service_configuration.ts";

/** What the environment tells an edge. */
interface Variables {
  readonly EDDY_CONFIGURATION?: string;
  readonly EDDY_RECEIPT_SECRETS?: string;
  readonly EDDY_CENTRE_KEY?: string;
}

/** Opens an edge on the machine that this is. */
async function open(
  configuration: ServiceConfiguration,
  { EDDY_RECEIPT_SECRETS = "", EDDY_CENTRE_KEY: key }: Variables,
  storage: OutboxStorage,
): Promise<Edge> {
  const kernels = await loadKernels();
  const fillRandom = (into: Uint8Array): Uint8Array => crypto.getRandomValues(into as Uint8Array<ArrayBuffer>);
  return await openEdge({
    ...configuration.http,
    agents: configuration.agents,
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

function read(text: string): ServiceConfiguration {
  const configuration = resolveServiceConfiguration(JSON.parse(text));
  if (configuration.edge) return configuration;
  throw new EddyError("configuration_invalid", "Cannot open an edge: 'edge.centre' does not say where the centre is");
}

/** Serves in Deno until it is asked to end. */
async function serveHere(): Promise<void> {
  const variables: Variables = Deno.env.toObject();
  const configuration = read(await Deno.readTextFile(variables.EDDY_CONFIGURATION ?? "eddy.config.json"));
  const { sqliteOutboxStorage } = await import("../src/edge/sqlite_outbox_storage.ts");
  const edge = await open(configuration, variables, sqliteOutboxStorage(configuration.edge!.outbox));
  const { host: hostname, port } = configuration.http;
  const onListen = ({ hostname, port }: Deno.NetAddr): void => console.log(`listening at http://${hostname}:${port}`);
  const server = Deno.serve({ hostname, port, onListen }, (request) => edge.app.fetch(request));
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () =>
      server.shutdown().then(() => edge[Symbol.asyncDispose]()).then(() => Deno.exit(0)));
  }
}

/** A Durable Object that is an edge: one thread, and a storage of its own. */
export class EdgeObject {
  readonly #storage: DurableObjectStorage & { setAlarm(time: number): Promise<void> };
  readonly #variables: Variables;
  #edge: Promise<Edge> | undefined;
  #alarm = false;

  /** Made by workerd. */
  constructor(context: { readonly storage: EdgeObject["#storage"] }, variables: Variables) {
    this.#storage = context.storage;
    this.#variables = variables;
  }

  /** Answers one request. */
  async fetch(request: Request): Promise<Response> {
    const edge = await this.#open();
    const response = await edge.app.fetch(request);
    await this.#comeBack(edge);
    return response;
  }

  /** Called by workerd when nobody asks any more while something still waits for the centre. */
  async alarm(): Promise<void> {
    this.#alarm = false;
    await this.#comeBack(await this.#open());
  }

  #open(): Promise<Edge> {
    return this.#edge ??= durableObjectOutboxStorage(this.#storage)
      .then((storage) => open(read(this.#variables.EDDY_CONFIGURATION ?? "{}"), this.#variables, storage))
      .catch((error) => {
        this.#edge = undefined;
        throw error;
      });
  }

  /** An object without requests is put to sleep; an alarm wakes it while its outbox is not empty. */
  async #comeBack(edge: Edge): Promise<void> {
    if (this.#alarm || edge.status().outbox.pending === 0) return;
    this.#alarm = true;
    await this.#storage.setAlarm(Date.now() + ALARM_MS);
  }
}

const ALARM_MS = 10_000;

/** What an edge is bound to in workerd. */
interface Bindings {
  readonly EDGE: { idFromName(name: string): unknown; get(id: unknown): { fetch(request: Request): Promise<Response> } };
}

/** Hands each request to the edge of the place where it came in. */
export default {
  fetch(request: Request & { readonly cf?: { readonly colo?: string } }, { EDGE }: Bindings): Promise<Response> {
    return EDGE.get(EDGE.idFromName(request.cf?.colo ?? "edge")).fetch(request);
  },
};

if (import.meta.main) await serveHere();
