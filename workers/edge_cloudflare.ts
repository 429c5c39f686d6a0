/**
 * An edge in workerd (Cloudflare Workers): every place where requests come in has one Durable Object that is an edge.
 * `workers/bundle_edge.ts` makes the bundle.
 *
 * `EDGE` is bound to the class {@linkcode EdgeObject}; the variables are those of {@linkcode EdgeVariables}.
 *
 * @module
 */
import { durableObjectOutboxStorage, type DurableObjectStorage } from "../src/edge/durable_object_outbox_storage.ts";
import type { Edge } from "../src/edge/open_edge.ts";
import { localMachine } from "../src/cli/serving/local_machine.ts";
import { openEdgeService } from "../src/cli/serving/open_edge_service.ts";
import { resolveServiceConfiguration } from "../src/service/resolve_service_configuration.ts";

/** Milliseconds after which an object that was put to sleep with a full outbox is woken. */
const ALARM_MS = 10_000;

/** What an edge in workerd is told. */
export interface EdgeVariables {
  /** The centre's configuration as JSON, with `edge.centre`. */
  readonly EDDY_CONFIGURATION?: string;
  /** The centre's: hex, with commas between. */
  readonly EDDY_RECEIPT_SECRETS?: string;
  /** A key of the centre with the scopes `decide`, `feedback` and `read`; unset where the centre is open. */
  readonly EDDY_CENTRE_KEY?: string;
}

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
    const { EDDY_CONFIGURATION = "{}", EDDY_RECEIPT_SECRETS = "", EDDY_CENTRE_KEY: centreKey } = this.#variables;
    const secrets = EDDY_RECEIPT_SECRETS.split(",").filter(Boolean).map((hex) => Uint8Array.fromHex(hex.trim()));
    return this.#edge ??= durableObjectOutboxStorage(this.#storage)
      .then((storage) =>
        openEdgeService(
          resolveServiceConfiguration(JSON.parse(EDDY_CONFIGURATION)),
          { ...localMachine(secrets), centreKey },
          storage,
        )
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
