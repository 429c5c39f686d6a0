import { createDashboard } from "../dashboard/mod.ts";
import { createAccess, createApp } from "../http/mod.ts";
import { loadKernels } from "../kernels/mod.ts";
import { type CentralLoop, createCentralLoop } from "../learning/mod.ts";
import type { Store } from "../store/mod.ts";
import { openStore } from "./open_store.ts";
import { createIdSource } from "./id_source.ts";
import { type OpenAgent, openAgents } from "./open_agents.ts";
import { servedNames } from "./served_names.ts";
import { createSeedSource } from "./seed_source.ts";
import type { Service, ServiceMachine } from "./service.ts";
import type { ServiceConfiguration } from "./service_configuration.ts";

/** Time between two looks at the keys: a key that was made or withdrawn by another process counts after this. */
const KEYS_MS = 2_000;
/** Time between two looks at the folders of adapters. */
const REFRESH_MS = 1_000;
/** Time between two rounds of forgetting. */
const RETENTION_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Longest wait for the database to say that it is there. */
const PING_MS = 1_000;

/**
 * Opens a whole Eddy: what was served and learned before is served and learned on.
 *
 * @param configuration With every default: see `resolveServiceConfiguration`.
 * @param machine Clocks, chance and secrets.
 * @throws {EddyError} `store_unavailable`, `checkpoint_missing`, `checkpoint_invalid`, `environment_invalid` and what else
 * its parts find wrong; nothing stays open then.
 */
export async function openService(configuration: ServiceConfiguration, machine: ServiceMachine): Promise<Service> {
  await using parts = new AsyncDisposableStack();
  const kernels = await loadKernels();
  const store = parts.use(await openStore(configuration, machine, true));
  const agents = await openAgents(kernels, configuration, machine);
  for (const { served } of agents.values()) parts.use(served);
  const loop = parts.use(
    createCentralLoop({ store, agents: learnersOf(agents), now: machine.now, every: machine.every }),
  );
  await loop.start();

  const anonymous = configuration.http.access === "open" ? ["decide", "feedback", "read", "manage"] as const : [];
  const access = createAccess(await store.keys.list(), anonymous);
  const failures = new Map<() => Promise<unknown>, unknown>();
  /** Work that nobody waits for: what fails is told by `/ready`, and tried again. */
  const inBackground = (work: () => Promise<unknown>): () => void => {
    let running = false;
    return () => {
      if (running) return;
      running = true;
      work().then(() => failures.delete(work), (error) => failures.set(work, error)).finally(() => running = false);
    };
  };
  const refreshed = [...agents.values()].filter(({ served }) => served.refresh);
  const timers = [
    ...(refreshed.length > 0 ? [machine.every(REFRESH_MS, inBackground(() => refresh(refreshed)))] : []),
    machine.every(
      KEYS_MS,
      inBackground(async () => access.replace(await store.keys.list())),
    ),
    ...(configuration.retentionDays > 0
      ? [machine.every(RETENTION_MS, inBackground(() => forget(store, configuration, loop, machine.now())))]
      : []),
  ];
  for (const stop of timers) parts.defer(stop);

  const app = parts.use(createApp({
    agents,
    recorder: {
      addSteps: (steps) => store.steps.add(steps),
      addFeedback: (feedback) => store.feedback.add(feedback),
      endEpisode: (episode) => store.episodes.end(episode),
    },
    store,
    loop,
    access,
    receiptSecrets: machine.receiptSecrets,
    now: machine.now,
    monotonic: machine.monotonic,
    newId: createIdSource(machine.now, machine.fillRandom),
    randomSeed: createSeedSource(machine.fillRandom),
    limits: configuration.http.limits,
    corsOrigins: configuration.http.corsOrigins,
    dashboard: createDashboard(),
    readiness: async () => ({
      store: await store.ping(PING_MS) || "the database does not answer",
      background: failures.size === 0 || [...failures.values()].map(messageOf).join("; "),
    }),
    version: machine.version,
    report: machine.report,
  }));
  const owned = parts.move();
  return { configuration, app, store, loop, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

type LoopedAgent = Parameters<typeof createCentralLoop>[0]["agents"][string];

/** What the loop has to do with: the versions of adapters are their folders' affair. */
function learnersOf(agents: ReadonlyMap<string, OpenAgent>): Record<string, LoopedAgent> {
  return Object.fromEntries(
    [...agents].map(([name, { configuration, served, learner }]) => [
      name,
      served.refresh ? { configuration, learner } : { configuration, learner, served },
    ]),
  );
}

/** Serves the newest versions of adapters; one that cannot be used stops no other. */
function refresh(agents: readonly Pick<OpenAgent, "served">[]): Promise<void> {
  const failures = agents.flatMap(({ served }) => {
    try {
      served.refresh!();
      return [];
    } catch (error) {
      return [error];
    }
  });
  return failures.length > 0 ? Promise.reject(failures[0]) : Promise.resolve();
}

/** Forgets old episodes, but nothing that a version which serves or learns would have to be rebuilt from. */
async function forget(
  store: Store,
  configuration: ServiceConfiguration,
  loop: CentralLoop,
  now: number,
): Promise<void> {
  const needed = await Promise.all(
    [...servedNames(configuration).keys()].map(async (name) => {
      const { assignment, newestVersion } = loop.status(name);
      const oldest = Math.min(assignment.incumbent, assignment.canary?.version ?? newestVersion, newestVersion);
      return [name, (await store.policies.nearestSnapshot(name, oldest))?.learnedUpTo ?? 0] as const;
    }),
  );
  await store.forget(now - configuration.retentionDays * DAY_MS, Object.fromEntries(needed));
}
