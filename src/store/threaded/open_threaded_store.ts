import type { JudgedStep, StepRecord } from "../../episode/mod.ts";
import { leastRecent } from "../least_recent.ts";
import type { SqliteStoreOptions } from "../sqlite/open_sqlite_store.ts";
import type { EpisodeStore, KeptEpisode, Store } from "../store.ts";
import { type BareJudgedStep, METHODS, type Part, THREAD_METHODS, type ThreadMethods } from "./messages.ts";
import { startThread } from "./start_thread.ts";

/** Steps that are remembered until their rewards are read. */
const RECENT_STEPS = 8192;
/** Episodes of one message. */
const PAGE = 64;
/** Longest wait for a thread that writes what waits and closes its file. */
const CLOSE_MS = 30_000;

/**
 * Opens a SQLite store in a thread of its own: the same store as `openSqliteStore`, but whoever asks it never stands still
 * while rows are prepared, written, or synced to disk.
 *
 * ```text
 * calls of one turn ──▶ one message ──▶ thread: group, write, sync ──▶ one message ──▶ their promises
 * ```
 *
 * A thread that ends by itself rejects every call, from then on, with `store_unavailable`.
 *
 * @param path Of the file; `:memory:` keeps nothing.
 * @throws {EddyError} As `openSqliteStore`.
 */
export async function openThreadedStore(path: string, options: SqliteStoreOptions): Promise<Store> {
  const thread = startThread(`the store '${path}'`);
  try {
    await thread.open(path, options);
  } catch (error) {
    thread.end();
    throw error;
  }
  const calling =
    (method: Parameters<typeof thread.call>[0]) => (...parameters: readonly unknown[]): Promise<unknown> =>
      thread.call(method, parameters);
  const part = <Name extends Part>(name: Name): Pick<Store[Name], typeof METHODS[Name][number] & keyof Store[Name]> =>
    Object.fromEntries(METHODS[name].map((method) => [method, calling(`${name}.${method}`)])) as never;
  const own = Object.fromEntries(
    THREAD_METHODS.map((method) => [method, calling(method)]),
  ) as unknown as ThreadMethods;
  const { add, after, range } = rememberSteps(part("steps"), part("rewards"), own);
  let closed: Promise<void> | undefined;
  return {
    dialect: "sqlite",
    steps: { ...part("steps"), add },
    feedback: part("feedback"),
    rewards: { ...part("rewards"), after, range, onWritten: thread.onWritten },
    episodes: { ...part("episodes"), ...manyEpisodes(own) },
    policies: part("policies"),
    keys: part("keys"),
    ping: (deadlineMs) =>
      closed ? Promise.resolve(false) : within(deadlineMs, own.ping(deadlineMs).catch(() => false), false),
    forget: own.forget,
    [Symbol.asyncDispose]: () => closed ??= within(CLOSE_MS, own.close(), undefined).finally(thread.end),
  };
}

/** The steps that were added last are remembered here: whoever reads their rewards a moment later gets them at once. */
function rememberSteps(
  steps: Pick<Store["steps"], "add">,
  rewards: Pick<Store["rewards"], "after" | "range">,
  thread: ThreadMethods,
): Pick<Store["steps"], "add"> & Pick<Store["rewards"], "after" | "range"> {
  const recent = leastRecent<StepRecord>(RECENT_STEPS);
  /** Whether what was read last was here: then what is read next will be. */
  let here = true;

  async function read(
    bare: () => Promise<readonly BareJudgedStep[]>,
    whole: () => Promise<readonly JudgedStep[]>,
  ): Promise<readonly JudgedStep[]> {
    if (here) {
      const entries = await bare();
      const judged = entries.flatMap(({ stepId, ...rest }) => {
        const step = recent.get(stepId);
        return step ? [{ ...rest, step }] : [];
      });
      if (judged.length === entries.length) return judged;
    }
    const judged = await whole();
    here = judged.every(({ step }) => recent.get(step.id) !== undefined);
    return judged;
  }

  return {
    async add(added: readonly StepRecord[]): Promise<readonly string[]> {
      const known = await steps.add(added);
      for (const step of added) if (!known.includes(step.id)) recent.set(step.id, step);
      return known;
    },
    after: (...parameters) => read(() => thread.bareAfter(...parameters), () => rewards.after(...parameters)),
    range: (...parameters) => read(() => thread.bareRange(...parameters), () => rewards.range(...parameters)),
  };
}

/** The methods that take or give more episodes than one message should hold. */
function manyEpisodes(thread: ThreadMethods): Pick<EpisodeStore, "all" | "restore"> {
  let last = 0;

  async function* all(since?: number): AsyncGenerator<KeptEpisode> {
    const reading = ++last;
    try {
      for (;;) {
        const page = await thread.read(reading, since);
        if (page.length === 0) return;
        yield* page;
      }
    } finally {
      await thread.endReading(reading);
    }
  }

  async function restore(episodes: AsyncIterable<KeptEpisode>): Promise<number> {
    const restoring = ++last;
    let page: KeptEpisode[] = [];
    try {
      for await (const episode of episodes) {
        page.push(episode);
        if (page.length < PAGE) continue;
        await thread.feed(restoring, page);
        page = [];
      }
    } catch (error) {
      await thread.endFeeding(restoring);
      throw error;
    }
    if (page.length > 0) await thread.feed(restoring, page);
    return await thread.endFeeding(restoring);
  }

  return { all, restore };
}

/** What a promise gives, or something else when it takes too long. */
async function within<T>(milliseconds: number, promise: Promise<T>, otherwise: T): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<T>((resolve) => timer = setTimeout(() => resolve(otherwise), milliseconds));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
