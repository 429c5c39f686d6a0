import { type Backoff, backoffMs, DEFAULT_BACKOFF } from "./backoff.ts";
import type { Centre } from "./centre.ts";
import { type FollowedAgent, followedAgent } from "./_followed_agent.ts";
import type { AgentConfiguration, ServedAgent } from "../agent/mod.ts";
import type { OutboxStorage } from "./outbox_storage.ts";
import { wait } from "./_wait.ts";

/** What following takes. */
export interface FollowOptions {
  /** Whom to follow. */
  readonly centre: Centre;
  /** Agents that are served here, by the names that the centre knows them by. */
  readonly agents: ReadonlyMap<string, { readonly configuration: AgentConfiguration; readonly served: ServedAgent }>;
  /** Where the last versions are kept, to start from when the centre is away. */
  readonly storage: OutboxStorage;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** In [0, 1), for waits that differ from edge to edge. */
  readonly random: () => number;
  /** Waits between attempts. */
  readonly backoff?: Backoff;
  /** Milliseconds between two versions that are kept for a restart, a quarter more or less. Default 30000. */
  readonly keepEveryMs?: number;
  /** Hears that a change is served from now on. */
  readonly onServed?: (agent: string, version: number) => void;
}

/** An edge that follows. */
export interface Following extends AsyncDisposable {
  /** Where it stands. */
  status(): FollowStatus;
}

/** Where an edge stands. */
export interface FollowStatus {
  /** Whether the centre tells it of changes as they happen. */
  readonly connected: boolean;
  /** Seconds since the centre was last heard; 0 while connected, and infinite when it never was. */
  readonly staleForSeconds: number;
  /** Published version of each agent that is served here. */
  readonly versions: Readonly<Record<string, number>>;
  /** The version of each agent that is kept for a restart without the centre. */
  readonly kept: Readonly<Record<string, number>>;
  /** Attempts in a row that failed. */
  readonly failures: number;
  /** Why the last attempt failed. */
  readonly lastError?: string;
}

/**
 * Serves what the centre serves, from the first moment on: starts from the version kept last, asks the centre, and then
 * hears of each change. A version is loaded and tried beside the one that serves, then takes its place between two requests;
 * whatever goes wrong on the way, the old one goes on serving.
 *
 * Where events do not get through, every attempt to follow asks for the versions instead: it polls.
 *
 * @returns After the first attempt, whether the centre answered or not.
 */
export async function followCentre(options: FollowOptions): Promise<Following> {
  const { centre, agents, storage, now, random, backoff = DEFAULT_BACKOFF, keepEveryMs = 30_000, onServed } = options;
  const followed = new Map<string, FollowedAgent>();
  for (const [name, agent] of agents) {
    followed.set(name, followedAgent({ name, ...agent, centre, storage, onServed }));
  }
  const stopped = new AbortController();
  const state = { connected: false, heardAt: -Infinity, failures: 0, lastError: undefined as string | undefined };

  function heard(): void {
    state.heardAt = now();
    state.failures = 0;
    state.lastError = undefined;
  }

  function failed(error: unknown): void {
    state.lastError = (error as Error).message;
  }

  /** Asks for every agent. */
  async function poll(): Promise<void> {
    try {
      for (const agent of followed.values()) await agent.catchUp();
      heard();
    } catch (error) {
      failed(error);
    }
  }

  /** Follows until the stream ends or breaks. */
  async function listen(): Promise<void> {
    try {
      for await (const message of centre.follow([...followed.keys()], stopped.signal)) {
        state.connected = true;
        if (message) await followed.get(message.agent)?.reach(message);
        heard();
      }
    } catch (error) {
      failed(error);
    }
    state.connected = false;
  }

  async function follow(): Promise<void> {
    while (!stopped.signal.aborted) {
      await listen();
      if (stopped.signal.aborted) return;
      state.failures++;
      await wait(backoffMs(state.failures, random, backoff), stopped.signal);
      if (!stopped.signal.aborted) await poll();
    }
  }

  async function keep(): Promise<void> {
    while (!stopped.signal.aborted) {
      for (const agent of followed.values()) await agent.keep().catch(failed);
      // Edges that were started together do not all ask at once.
      await wait(keepEveryMs * (0.75 + random() / 2), stopped.signal);
    }
  }

  for (const agent of followed.values()) await agent.restore().catch(failed);
  await poll();
  const running = Promise.all([follow(), keep()]);
  return {
    status: () => ({
      connected: state.connected,
      staleForSeconds: state.connected ? 0 : Math.max(0, (now() - state.heardAt) / 1000),
      versions: Object.fromEntries([...agents].map(([name, { served }]) => [name, served.assignment.incumbent])),
      kept: Object.fromEntries(
        [...followed].flatMap(([name, { kept }]) => kept === undefined ? [] : [[name, kept]]),
      ),
      failures: state.failures,
      ...(state.lastError && { lastError: state.lastError }),
    }),
    async [Symbol.asyncDispose](): Promise<void> {
      stopped.abort();
      await running;
    },
  };
}
