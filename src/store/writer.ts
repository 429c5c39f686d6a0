import type { Feedback, FeedbackOutcome, Metrics, StepRecord } from "../episode/mod.ts";
import type { CandidateLists } from "./candidate_lists.ts";
import type { Database } from "./database.ts";
import { leastRecent } from "./least_recent.ts";
import { lockJournals } from "./journal.ts";
import { createMemory } from "./memory.ts";
import type { StoreOptions } from "./store.ts";
import type { WriteContext } from "./write_context.ts";
import { writeFeedback } from "./write_feedback.ts";
import { createWriteQueue } from "./write_queue.ts";
import { writeSteps } from "./write_steps.ts";

/** The only way in: everything that changes the database goes through one queue and shares its commits. */
export interface Writer {
  /** See {@linkcode import("./store.ts").StepStore.add}. */
  addSteps(steps: readonly StepRecord[]): Promise<readonly string[]>;
  /** See {@linkcode import("./store.ts").FeedbackStore.add}. */
  addFeedback(feedback: readonly Feedback[]): Promise<readonly FeedbackOutcome[]>;
  /** Anything else, after the steps and the feedback of its group; never refused because too much waits. @param agents Whose journals it writes to; `all` keeps every other writer out. */
  run<T>(agents: readonly string[] | "all", write: (context: WriteContext) => Promise<T>): Promise<T>;
  /** Calls `listener` after each commit that wrote rewards. */
  onRewards(listener: (agents: ReadonlySet<string>) => void): () => void;
  /** A step of one of the last commits, as it was kept. */
  recentStep(id: string): StepRecord | undefined;
  /** Metrics of an agent. */
  metricsOf(agent: string): Metrics;
  /** Writes what waits, then takes nothing more. */
  close(): Promise<void>;
}

type Call =
  | { readonly kind: "steps"; readonly steps: readonly StepRecord[] }
  | { readonly kind: "feedback"; readonly feedback: readonly Feedback[] }
  | {
    readonly kind: "other";
    readonly agents: readonly string[] | "all";
    readonly write: (context: WriteContext) => Promise<unknown>;
  };

/** Rows of one commit: with SQLite the thread stands still for that long. */
const GROUP_ROWS = 512;

/** Whole steps that are remembered until their rewards are read. */
const RECENT_STEPS = 4096;

/** Opens the way in. */
export function createWriter(database: Database, lists: CandidateLists, options: StoreOptions): Writer {
  const memory = createMemory();
  let recent = leastRecent<StepRecord>(RECENT_STEPS);
  const listeners = new Set<(agents: ReadonlySet<string>) => void>();
  const metricsOf = (agent: string): Metrics => Object.hasOwn(options.metrics, agent) ? options.metrics[agent] : {};
  const queue = createWriteQueue<Call>({
    commit,
    isPassing: database.isPassing,
    place: database.place,
    groupMs: options.groupMs ?? 2,
    groupRows: GROUP_ROWS,
    maximumRows: options.maximumWaitingRows ?? 20_000,
    patienceMs: options.patienceMs ?? 5_000,
  });

  async function commit(calls: readonly Call[], retried: boolean): Promise<readonly unknown[]> {
    const rewarded = new Set<string>();
    const committed: (() => void)[] = [];
    let results: readonly unknown[];
    try {
      results = await database.db.transaction().execute(async (unit) => {
        // Before any agent of its own: two processes that wait for each other would both have to give up.
        if (calls.some((call) => call.kind === "other" && call.agents === "all")) await database.lockAll(unit);
        const journals = await lockJournals(database, unit, memory, agentsOf(calls));
        const shared = { database, unit, journals, lists, metricsOf, rewarded, committed, retried, recent };
        return await writeCalls({ ...shared, fresh: new Map() }, calls);
      });
    } catch (error) {
      // A database that comes back may be another: a standby that had not heard of the last commits.
      memory.clear();
      recent = leastRecent<StepRecord>(RECENT_STEPS);
      throw error;
    }
    for (const remember of committed) remember();
    // In turns of their own: a listener that throws must not look like a commit that failed.
    if (rewarded.size > 0) { for (const listener of listeners) queueMicrotask(() => listener(rewarded)); }
    return results;
  }

  return {
    async addSteps(steps: readonly StepRecord[]): Promise<readonly string[]> {
      const known = await Promise.all(
        parts(steps).map((part) => queue.add({ kind: "steps", steps: part }, part.length)),
      );
      return (known as string[][]).flat();
    },
    async addFeedback(feedback: readonly Feedback[]): Promise<readonly FeedbackOutcome[]> {
      const outcomes = await Promise.all(
        parts(feedback).map((part) => queue.add({ kind: "feedback", feedback: part }, part.length)),
      );
      return (outcomes as FeedbackOutcome[][]).flat();
    },
    run: <T>(agents: readonly string[] | "all", write: (context: WriteContext) => Promise<T>) =>
      queue.add({ kind: "other", agents, write }, 0) as Promise<T>,
    onRewards(listener: (agents: ReadonlySet<string>) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    recentStep: (id) => recent.get(id),
    metricsOf,
    close: () => queue.close(),
  };
}

/** All steps first, so that a step is there for feedback of the same group, in whichever order they came. */
async function writeCalls(context: WriteContext, calls: readonly Call[]): Promise<unknown[]> {
  const kept = await writeSteps(context, calls.flatMap((call) => call.kind === "steps" ? call.steps : []));
  const outcomes = await writeFeedback(
    context,
    calls.flatMap((call) => call.kind === "feedback" ? call.feedback : []),
  );
  const results: unknown[] = [];
  let next = 0;
  for (const call of calls) {
    if (call.kind === "steps") results.push(call.steps.filter((step) => !kept.has(step)).map(({ id }) => id));
    else if (call.kind === "feedback") results.push(outcomes.slice(next, next += call.feedback.length));
    else results.push(await call.write(context));
  }
  await context.journals.save();
  return results;
}

function agentsOf(calls: readonly Call[]): string[] {
  const agents = new Set<string>();
  for (const call of calls) {
    if (call.kind === "steps") { for (const { agent } of call.steps) agents.add(agent); }
    else if (call.kind === "feedback") { for (const { agent } of call.feedback) agents.add(agent); }
    else if (call.agents !== "all") { for (const agent of call.agents) agents.add(agent); }
  }
  return [...agents].sort();
}

function parts<T>(all: readonly T[]): (readonly T[])[] {
  if (all.length <= GROUP_ROWS) return all.length === 0 ? [] : [all];
  return Array.from(
    { length: Math.ceil(all.length / GROUP_ROWS) },
    (_, index) => all.slice(index * GROUP_ROWS, (index + 1) * GROUP_ROWS),
  );
}
