import { EddyError } from "../errors.ts";
import type { Recorder } from "../http/app_dependencies.ts";
import type { IngestBatch } from "../http/edge_messages.ts";
import { type Backoff, backoffMs, DEFAULT_BACKOFF } from "./backoff.ts";
import type { Centre } from "./centre.ts";
import type { KeptItem, OutboxCounts, OutboxItem, OutboxStorage } from "./outbox_storage.ts";
import { RECENT_ITEMS, recentItems } from "./_recent_items.ts";
import { wait } from "./_wait.ts";

/** What an outbox takes. */
export interface OutboxOptions {
  /** Where everything goes. */
  readonly centre: Centre;
  /** In [0, 1), for waits that differ from edge to edge. */
  readonly random: () => number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Waits between attempts. */
  readonly backoff?: Backoff;
  /** Bytes that may wait for the centre; then judgements are refused, and steps a tenth earlier. Default 256 MiB. */
  readonly maximumBytes?: number;
  /** Items of one request to the centre, at most. Default 256. */
  readonly batchItems?: number;
  /** Bytes of one request to the centre, unless one item has more. Default 512 KiB. */
  readonly batchBytes?: number;
}

/** Where an edge's steps and judgements become durable, and go to the centre from. Its storage is closed by its owner. */
export interface Outbox extends Recorder, AsyncDisposable {
  /** Where it stands. */
  status(): OutboxStatus;
  /** Resolves when nothing waits for the centre any more. */
  drained(): Promise<void>;
  /** Sends what was set aside again. */
  readmit(): Promise<void>;
}

/** Where an outbox stands. */
export interface OutboxStatus extends OutboxCounts {
  /** Items that the centre took since the start. */
  readonly sent: number;
  /** Judgements among them whose key the centre knew with other content: they were not counted. */
  readonly conflicts: number;
  /** Attempts in a row that the centre did not answer. */
  readonly failures: number;
  /** Milliseconds since 1970 at which the centre last took something. */
  readonly lastSentAt?: number;
  /** Why the last attempt failed. */
  readonly lastError?: string;
}

/** Judgements have this much more room than steps: what was served can always still be judged. */
const ROOM_FOR_STEPS = 0.9;

/**
 * Opens an outbox: what a client is told is kept is in `storage`, and stays until the centre has it on disk.
 *
 * Batches leave in order, at least once, under ids and keys that make them count once. A batch that the centre refuses is
 * halved until the wrong item stands alone; that one is set aside and counted, and the others go on.
 *
 * Judgements are answered `joined` where the outbox saw the step lately and `early` otherwise: the join is the centre's.
 */
export async function openOutbox(storage: OutboxStorage, options: OutboxOptions): Promise<Outbox> {
  const { centre, now, random, backoff = DEFAULT_BACKOFF, maximumBytes = 256 * 2 ** 20 } = options;
  const { batchItems = 256, batchBytes = 512 * 1024 } = options;
  const state: Mutable<OutboxStatus> = { ...await storage.counts(), sent: 0, conflicts: 0, failures: 0 };
  const recent = recentItems();
  for (const { item } of await storage.pending(RECENT_ITEMS)) recent.see(item);
  const stopped = new AbortController();
  const idle = new Set<() => void>();
  let wake = (): void => {};

  async function append(items: readonly OutboxItem[], share: number): Promise<void> {
    if (stopped.signal.aborted) throw new EddyError("store_unavailable", "Cannot keep this: the outbox is closed");
    if (state.pendingBytes >= maximumBytes * share) {
      throw new EddyError(
        "overloaded",
        `Cannot keep this: ${state.pending} items wait for the centre; try again later`,
      );
    }
    try {
      const bytes = await storage.append(items);
      state.pendingBytes += bytes;
    } catch (cause) {
      throw new EddyError("store_unavailable", `Cannot keep this: ${(cause as Error).message}`, { cause });
    }
    state.pending += items.length;
    wake();
  }

  function leave(items: readonly KeptItem[]): void {
    state.pending -= items.length;
    for (const { bytes } of items) state.pendingBytes -= bytes;
    state.failures = 0;
    state.lastError = undefined;
  }

  /** Hands items over; a refused batch is halved until what is wrong in it stands alone. */
  async function deliver(items: readonly KeptItem[]): Promise<void> {
    const result = await centre.ingest(batchOf(items));
    if (result.kind === "kept") {
      await storage.remove(items);
      leave(items);
      state.sent += items.length;
      state.conflicts += result.outcomes.filter(({ kind }) => kind === "conflict").length;
      state.lastSentAt = now();
    } else if (items.length === 1) {
      await storage.setAside(items[0], result.reason);
      leave(items);
      state.setAside++;
    } else {
      const middle = items.length >> 1;
      await deliver(items.slice(0, middle));
      await deliver(items.slice(middle));
    }
  }

  async function drain(): Promise<void> {
    while (!stopped.signal.aborted) {
      const woken = new Promise<void>((resolve) => wake = resolve);
      try {
        const items = headWithin(await storage.pending(batchItems), batchBytes);
        if (items.length) {
          await deliver(items);
          continue;
        }
        idle.forEach((resolve) => resolve());
        idle.clear();
        await woken;
      } catch (error) {
        state.failures++;
        state.lastError = (error as Error).message;
        await wait(backoffMs(state.failures, random, backoff), stopped.signal);
      }
    }
  }

  const draining = drain();
  return {
    async addSteps(steps): Promise<void> {
      const items = steps.map((step): OutboxItem => ({ kind: "step", step }));
      await append(items, ROOM_FOR_STEPS);
      items.forEach(recent.see);
    },
    addFeedback: (feedback) =>
      recent.judge(feedback, (fresh) => append(fresh.map((feedback) => ({ kind: "feedback", feedback })), 1)),
    endEpisode: (end) => append([{ kind: "end", end }], 1),
    status: () => ({ ...state }),
    async drained(): Promise<void> {
      if (state.pending === 0) return;
      await new Promise<void>((resolve) => {
        idle.add(resolve);
        wake();
      });
    },
    async readmit(): Promise<void> {
      await storage.readmit();
      Object.assign(state, await storage.counts());
      wake();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      stopped.abort();
      wake();
      await draining;
    },
  };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function batchOf(items: readonly KeptItem[]): IngestBatch {
  const all = items.map(({ item }) => item);
  return {
    steps: all.flatMap((item) => item.kind === "step" ? [item.step] : []),
    feedback: all.flatMap((item) => item.kind === "feedback" ? [item.feedback] : []),
    ends: all.flatMap((item) => item.kind === "end" ? [item.end] : []),
  };
}

/** The first items that fit, at least one. */
function headWithin(items: readonly KeptItem[], bytes: number): readonly KeptItem[] {
  let total = 0;
  const end = items.findIndex((item, index) => (total += item.bytes) > bytes && index > 0);
  return end < 0 ? items : items.slice(0, end);
}
