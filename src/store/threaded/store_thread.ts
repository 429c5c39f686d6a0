/** The thread behind {@linkcode import("./open_threaded_store.ts").openThreadedStore}: one SQLite store, asked by messages. @module */
/// <reference lib="deno.worker" />
import type { JudgedStep } from "../../episode/mod.ts";
import { openSqliteStore } from "../sqlite/open_sqlite_store.ts";
import type { KeptEpisode, Store } from "../store.ts";
import {
  type BareJudgedStep,
  type Call,
  failureOf,
  type FromThread,
  METHODS,
  type Part,
  type Reply,
  type ThreadMethods,
  type ToThread,
} from "./messages.ts";

/** Nobody else stands still while this thread writes, so it need not wait long for others to share a commit. */
const GROUP_MS = 1;
/** Episodes of one message. */
const PAGE = 64;

/** Episodes that come page by page, and how many of them were new. */
interface Feeding {
  readonly writer: WritableStreamDefaultWriter<readonly KeptEpisode[]>;
  readonly restored: Promise<number>;
}

type Method = (...parameters: readonly unknown[]) => Promise<unknown>;

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const send = (message: FromThread): void => scope.postMessage(message);
let methods: ReadonlyMap<string, Method> | undefined;
/** Replies of one turn travel together: a commit answers many calls. */
let replies: Reply[] = [];

scope.onmessage = async ({ data: message }: MessageEvent<ToThread>): Promise<void> => {
  if (message.kind === "calls") {
    for (const call of message.calls) answer(call);
    return;
  }
  try {
    const store = await openSqliteStore(message.path, { groupMs: GROUP_MS, ...message.options });
    store.rewards.onWritten((agents) => send({ kind: "written", agents }));
    methods = methodsOf(store);
    send({ kind: "opened" });
  } catch (error) {
    send({ kind: "failed", failure: failureOf(error) });
  }
};

function answer({ id, method, parameters }: Call): void {
  methods!.get(method)!(...parameters).then(
    (result) => reply({ id, result }),
    (error) => reply({ id, failure: failureOf(error) }),
  );
}

function reply(one: Reply): void {
  replies.push(one);
  if (replies.length > 1) return;
  queueMicrotask(() => {
    const ready = replies;
    replies = [];
    send({ kind: "replies", replies: ready });
  });
}

function methodsOf(store: Store): ReadonlyMap<string, Method> {
  const all = new Map<string, Method>(Object.entries(threadMethods(store)));
  for (const [part, names] of Object.entries(METHODS)) {
    const owner = store[part as Part] as unknown as Record<string, Method>;
    for (const name of names) all.set(`${part}.${name}`, owner[name]);
  }
  return all;
}

function threadMethods(store: Store): ThreadMethods {
  const readings = new Map<number, AsyncIterator<KeptEpisode>>();
  const feedings = new Map<number, Feeding>();
  return {
    ping: (deadlineMs) => store.ping(deadlineMs),
    forget: (before, learnedUpTo) => store.forget(before, learnedUpTo),
    bareAfter: async (...parameters) => (await store.rewards.after(...parameters)).map(bare),
    bareRange: async (...parameters) => (await store.rewards.range(...parameters)).map(bare),
    async read(reading, since): Promise<readonly KeptEpisode[]> {
      const episodes = readings.get(reading) ?? store.episodes.all(since)[Symbol.asyncIterator]();
      readings.set(reading, episodes);
      const page: KeptEpisode[] = [];
      while (page.length < PAGE) {
        const { done, value } = await episodes.next();
        if (done) break;
        page.push(value);
      }
      if (page.length === 0) readings.delete(reading);
      return page;
    },
    async endReading(reading): Promise<void> {
      await readings.get(reading)?.return?.();
      readings.delete(reading);
    },
    async feed(restoring, episodes): Promise<void> {
      let feeding = feedings.get(restoring);
      if (!feeding) {
        const { writable, readable } = new TransformStream<readonly KeptEpisode[], readonly KeptEpisode[]>();
        feeding = { writer: writable.getWriter(), restored: store.episodes.restore(eachOf(readable)) };
        // Whoever ends the feeding hears of it.
        feeding.restored.catch(() => {});
        feedings.set(restoring, feeding);
      }
      await Promise.race([feeding.writer.write(episodes), feeding.restored]);
    },
    async endFeeding(restoring): Promise<number> {
      const feeding = feedings.get(restoring);
      if (!feeding) return 0;
      feedings.delete(restoring);
      await Promise.race([feeding.writer.close(), feeding.restored]);
      return await feeding.restored;
    },
    close: async () => await store[Symbol.asyncDispose](),
  };
}

function bare({ step, ...rest }: JudgedStep): BareJudgedStep {
  return { ...rest, stepId: step.id };
}

async function* eachOf<T>(pages: ReadableStream<readonly T[]>): AsyncGenerator<T> {
  for await (const page of pages) yield* page;
}
