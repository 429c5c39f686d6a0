import { Hono } from "hono";
import type { AgentConfiguration, ServedAgent } from "../agent/mod.ts";
import type { Access, AppDependencies, HttpLimits } from "../http/app_dependencies.ts";
import { allow } from "../http/allow.ts";
import type { App } from "../http/mod.ts";
import type { Scope, StoredKey } from "../store/mod.ts";
import type { Backoff } from "./backoff.ts";
import type { Centre } from "./centre.ts";
import { followCentre, type FollowStatus } from "./follow_centre.ts";
import { followKeys } from "./follow_keys.ts";
import { openOutbox, type OutboxStatus } from "./open_outbox.ts";
import type { OutboxStorage } from "./outbox_storage.ts";

/** What an edge serves, and what it takes from the machine it runs on. */
export interface EdgeOptions {
  /** Agents by name, the same as at the centre. */
  readonly agents: Readonly<Record<string, AgentConfiguration>>;
  /** Makes the application: `createApp` of `http`. */
  readonly createApp: (dependencies: AppDependencies) => App;
  /** Makes what serves one agent: the untrained version, which the centre's takes the place of. */
  readonly serve: (name: string, configuration: AgentConfiguration) => ServedAgent;
  /** Whom it hands everything to and follows. */
  readonly centre: Centre;
  /** What it keeps on its own; it is closed with the edge. */
  readonly storage: OutboxStorage;
  /** `open`: requests without a key may decide, judge and read; `keys`: only those with a key of the centre may. */
  readonly access: "open" | "keys";
  /** Makes who may do what: `createAccess` of `http`. */
  readonly createAccess: (keys: readonly StoredKey[], anonymous: readonly Scope[]) => Access;
  /** The centre's secrets: receipts are good at every edge. */
  readonly receiptSecrets: readonly Uint8Array[];
  /** What it takes and how long it waits. */
  readonly limits: HttpLimits;
  /** Where answers may be read from by browsers. */
  readonly corsOrigins?: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number;
  /** A new UUIDv7. */
  readonly newId: () => string;
  /** An unsigned 32-bit number nobody can foresee. */
  readonly randomSeed: () => number;
  /** Version of Eddy. */
  readonly version: string;
  /** Waits between attempts to reach the centre. */
  readonly backoff?: Backoff;
  /** Hears that a change is served from now on. */
  readonly onServed?: (agent: string, version: number) => void;
}

/** Where an edge stands. */
export interface EdgeStatus {
  /** What waits for the centre. */
  readonly outbox: OutboxStatus;
  /** What is served, and how old that may be. */
  readonly centre: FollowStatus;
}

/** One edge. */
export interface Edge extends AsyncDisposable {
  /**
   * Answers requests: what it says is kept is kept here until the centre has it. `GET /v1/edge/status` (scope `read`) says
   * what waits for the centre and for how many seconds the edge has not heard of it.
   */
  readonly app: App;
  /** Where it stands. */
  status(): EdgeStatus;
  /** Resolves when the centre has everything. */
  drained(): Promise<void>;
}

/**
 * Opens an edge: what it kept is handed over, what it served is served again, and the centre is followed from now on. It
 * resolves whether the centre answers or not.
 */
export async function openEdge(options: EdgeOptions): Promise<Edge> {
  await using parts = new AsyncDisposableStack();
  const { centre, storage, now, randomSeed, backoff, onServed } = options;
  const random = (): number => randomSeed() / 2 ** 32;
  const agents = new Map(
    Object.entries(options.agents).map(([name, configuration]) => {
      const served = parts.use(options.serve(name, configuration));
      return [name, { configuration, served }];
    }),
  );
  parts.use(storage);
  const outbox = parts.use(await openOutbox(storage, { centre, now, random, backoff }));
  const following = parts.use(await followCentre({ centre, agents, storage, now, random, backoff, onServed }));
  const anonymous: readonly Scope[] = options.access === "open" ? ["decide", "feedback", "read"] : [];
  const createAccess = (keys: readonly StoredKey[]): Access => options.createAccess(keys, anonymous);
  const { access } = options.access === "open"
    ? { access: createAccess([]) }
    : parts.use(await followKeys({ centre, storage, createAccess }));
  const app = options.createApp({
    agents,
    recorder: outbox,
    access,
    receiptSecrets: options.receiptSecrets,
    now,
    monotonic: options.monotonic,
    newId: options.newId,
    randomSeed,
    limits: options.limits,
    corsOrigins: options.corsOrigins,
    version: options.version,
  });
  const status = (): EdgeStatus => ({ outbox: outbox.status(), centre: following.status() });
  const withStatus = new Hono()
    .get("/v1/edge/status", allow(access, ["read"]), (c) => c.json(status()))
    .all("*", async (c) => await app.fetch(c.req.raw));
  withStatus.onError((error, c) => c.json({ error: { message: error.message } }, 401));
  const owned = parts.move();
  return {
    app: {
      fetch: (request) => withStatus.fetch(request),
      request: (path, init) => withStatus.request(path, init),
      [Symbol.dispose]: () => app[Symbol.dispose](),
    },
    status,
    drained: outbox.drained,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
