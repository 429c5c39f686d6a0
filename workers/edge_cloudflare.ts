/**
 * An edge in workerd (Cloudflare Workers): every place where requests come in has one Durable Object that is an edge.
 * `workers/bundle_edge.ts` makes the bundle.
 *
 * Its variables are those of `workers/edge.ts`, with the JSON itself in `EDDY_CONFIGURATION`; `EDGE` is bound to the class
 * {@linkcode EdgeObject}.
 *
 * @module
 */
import { durableObjectOutboxStorage, type DurableObjectStorage } from "../src/edge/durable_object_outbox_storage.ts";
import type { Edge } from "../src/edge/open_edge.ts";
import { type EdgeVariables, openEdgeHere, readEdgeConfiguration } from "./edge.ts";

/** Milliseconds after which an object that was put to sleep with a full outbox is woken. */
const ALARM_MS = 10_000;

type AlarmStorage = DurableObjectStorage & { setAlarm(time: number): Promise<void> };

/** A Durable Object that is an edge: one thread, and a storage of its own. */
export class EdgeObject {
  readonly #storage: AlarmStorage;
  readonly #variables: EdgeVariables;
  #edge: Promise<Edge> | undefined;
  #alarm = false;

  /** Made by workerd. */
  constructor(context: { readonly storage: AlarmStorage }, variables: EdgeVariables) {
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
      .then((storage) =>
        openEdgeHere(readEdgeConfiguration(this.#variables.EDDY_CONFIGURATION ?? "{}"), this.#variables, storage)
      )
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

/** What an edge is bound to in workerd. */
interface Bindings {
  readonly EDGE: {
    idFromName(name: string): unknown;
    get(id: unknown): { fetch(request: Request): Promise<Response> };
  };
}

/** Hands each request to the edge of the place where it came in. */
export default {
  fetch(request: Request & { readonly cf?: { readonly colo?: string } }, { EDGE }: Bindings): Promise<Response> {
    return EDGE.get(EDGE.idFromName(request.cf?.colo ?? "edge")).fetch(request);
  },
};
