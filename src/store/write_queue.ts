import { EddyError } from "../errors.ts";

/** Writes that share commits. */
export interface WriteQueue<Call> {
  /**
   * Adds a call; resolves with its result after the commit. Calls without rows are never refused as too much.
   *
   * @throws {EddyError} `overloaded` If too many rows wait; `store_unavailable` If the database is gone or closed.
   */
  add(call: Call, rows: number): Promise<unknown>;
  /** Writes what waits, then takes nothing more. */
  close(): Promise<void>;
}

/** How a queue writes. */
export interface WriteQueueOptions<Call> {
  /** Writes calls in one transaction. @param retried The same calls may have been committed before. @returns Results in order. */
  readonly commit: (calls: readonly Call[], retried: boolean) => Promise<readonly unknown[]>;
  /** Whether trying the same again may help. */
  readonly isPassing: (error: unknown) => boolean;
  /** What the database is called in messages. */
  readonly place: string;
  /** Longest time that a call waits for others. */
  readonly groupMs: number;
  /** Most rows of one commit, unless one call alone has more. */
  readonly groupRows: number;
  /** Most rows that may wait. */
  readonly maximumRows: number;
  /** Longest time that calls wait for a database that is gone. */
  readonly patienceMs: number;
}

interface Waiting<Call> {
  readonly call: Call;
  readonly rows: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Pauses between attempts, milliseconds. */
const PAUSES = { first: 50, longest: 1_000 } as const;

/**
 * Groups calls that come close together into one commit, in order. A call waits at most `groupMs` for others; while a
 * commit is under way the next group gathers by itself.
 *
 * A group that fails is tried call by call, so that only the call that is at fault rejects. While the database is gone
 * the group is tried again with growing pauses; once patience has run out everything that waits is rejected, and then
 * everything that comes, until an attempt succeeds.
 */
export function createWriteQueue<Call>(options: WriteQueueOptions<Call>): WriteQueue<Call> {
  let waiting: Waiting<Call>[] = [];
  let waitingRows = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | undefined;
  let closing = false;
  /** 0 while the database answers; then the pause before the next attempt. */
  let downMs = 0;
  let wake: (() => void) | undefined;

  function start(): void {
    if (timer !== undefined) clearTimeout(timer);
    timer = undefined;
    running ??= run();
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      if (downMs > 0) await pause(downMs);
      await attempt(take());
      // A commit that held the thread has kept others from coming: they get the time that the first ones had.
      if (downMs === 0 && waitingRows < options.groupRows) await pause(options.groupMs);
    }
    // In the same turn as the last look at what waits: a call that comes now starts anew.
    running = undefined;
  }

  function take(): Waiting<Call>[] {
    let rows = 0;
    let end = 0;
    while (end < waiting.length && (end === 0 || rows + waiting[end].rows <= options.groupRows)) {
      rows += waiting[end++].rows;
    }
    const group = waiting.slice(0, end);
    waiting = waiting.slice(end);
    return group;
  }

  function settle(group: readonly Waiting<Call>[], each: (call: Waiting<Call>, index: number) => void): void {
    for (const { rows } of group) waitingRows -= rows;
    group.forEach(each);
  }

  async function attempt(group: readonly Waiting<Call>[]): Promise<void> {
    let impatient = downMs > 0;
    let patience: ReturnType<typeof setTimeout> | undefined;
    try {
      for (let tries = 0, pauseMs: number = PAUSES.first;; tries++, pauseMs = longer(pauseMs)) {
        try {
          const results = await options.commit(group.map(({ call }) => call), tries > 0);
          downMs = 0;
          return settle(group, ({ resolve }, index) => resolve(results[index]));
        } catch (error) {
          if (!options.isPassing(error)) return await blame(group, error);
          if (impatient || closing) return giveUp(group, error);
          patience ??= setTimeout(() => {
            impatient = true;
            wake?.();
          }, options.patienceMs);
          await pause(pauseMs);
        }
      }
    } finally {
      if (patience !== undefined) clearTimeout(patience);
    }
  }

  async function blame(group: readonly Waiting<Call>[], error: unknown): Promise<void> {
    const everyone = error instanceof EddyError && (error.code === "store_unavailable" || error.code === "disk_full");
    if (group.length === 1 || everyone) return settle(group, ({ reject }) => reject(error));
    for (const call of group) await attempt([call]);
  }

  function giveUp(group: readonly Waiting<Call>[], error: unknown): void {
    downMs = downMs === 0 ? PAUSES.first : longer(downMs);
    const others = waiting;
    waiting = [];
    settle([...group, ...others], ({ reject }) => reject(error));
  }

  function pause(milliseconds: number): Promise<void> {
    if (closing) return Promise.resolve();
    return new Promise((resolve) => {
      const done = setTimeout(() => wake?.(), milliseconds);
      wake = () => {
        clearTimeout(done);
        wake = undefined;
        resolve();
      };
    });
  }

  return {
    add(call: Call, rows: number): Promise<unknown> {
      if (closing) {
        return Promise.reject(new EddyError("store_unavailable", `Cannot write to ${options.place}: it is closed`));
      }
      if (rows > 0 && waitingRows > 0 && waitingRows + rows > options.maximumRows) {
        return Promise.reject(
          new EddyError(
            "overloaded",
            `Cannot write to ${options.place}: ${waitingRows} rows wait already. Send it again in a moment`,
          ),
        );
      }
      return new Promise((resolve, reject) => {
        waiting.push({ call, rows, resolve, reject });
        waitingRows += rows;
        if (running !== undefined) return;
        if (waitingRows >= options.groupRows) start();
        else timer ??= setTimeout(start, options.groupMs);
      });
    },
    async close(): Promise<void> {
      closing = true;
      wake?.();
      if (waiting.length > 0) start();
      await running;
    },
  };
}

function longer(milliseconds: number): number {
  return Math.min(2 * milliseconds, PAUSES.longest);
}
