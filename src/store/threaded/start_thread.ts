import { EddyError } from "../../errors.ts";
import type { SqliteStoreOptions } from "../sqlite/open_sqlite_store.ts";
import { type Call, errorOf, type FromThread, type MethodName, type Reply, type ToThread } from "./messages.ts";

/** The near side of a thread. */
export interface StoreThread {
  /** Opens the file. @throws {EddyError} As `openSqliteStore`. */
  open(path: string, options: SqliteStoreOptions): Promise<void>;
  /** Asks the thread for one thing. @throws {EddyError} What the thread throws; `store_unavailable` once it has ended. */
  call(method: MethodName, parameters: readonly unknown[]): Promise<unknown>;
  /** Calls `listener` after each commit that wrote rewards. @returns What ends that. */
  onWritten(listener: (agents: ReadonlySet<string>) => void): () => void;
  /** Ends it at once. */
  end(): void;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Starts a thread. @param place What it holds, for messages. */
export function startThread(place: string): StoreThread {
  const worker = new Worker(new URL("./store_thread.ts", import.meta.url), { type: "module", name: "eddy store" });
  const listeners = new Set<(agents: ReadonlySet<string>) => void>();
  const waiting = new Map<number, Waiting>();
  let opening: Waiting | undefined;
  let ended: EddyError | undefined;
  let calls: Call[] = [];
  let last = 0;

  const send = (message: ToThread): void => worker.postMessage(message);

  function settle(reply: Reply): void {
    // One that came after the end was told already has nobody who waits for it.
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("failure" in reply) call?.reject(errorOf(reply.failure));
    else call?.resolve(reply.result);
  }

  function fail(why: string): void {
    ended ??= new EddyError("store_unavailable", `Cannot use ${place}: ${why}`);
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
    opening?.reject(ended);
  }

  worker.onmessage = ({ data: message }: MessageEvent<FromThread>): void => {
    if (message.kind === "replies") { for (const reply of message.replies) settle(reply); }
    else if (message.kind === "written") {
      for (const listener of listeners) queueMicrotask(() => listener(message.agents));
    } else if (message.kind === "opened") opening?.resolve(undefined);
    else opening?.reject(errorOf(message.failure));
  };
  worker.onerror = (event): void => {
    event.preventDefault();
    fail(`its thread ended (${event.message}); start again`);
  };

  function flush(): void {
    const ready = calls;
    calls = [];
    try {
      send({ kind: "calls", calls: ready });
    } catch {
      // One that cannot travel must not keep the others.
      for (const call of ready) {
        try {
          send({ kind: "calls", calls: [call] });
        } catch (error) {
          waiting.get(call.id)?.reject(error);
          waiting.delete(call.id);
        }
      }
    }
  }

  return {
    open: (path, options) =>
      new Promise<unknown>((resolve, reject) => {
        opening = { resolve, reject };
        send({ kind: "open", path, options });
      }).then(() => {}),
    call: (method, parameters) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended);
        waiting.set(++last, { resolve, reject });
        if (calls.push({ id: last, method, parameters }) === 1) queueMicrotask(flush);
      }),
    onWritten: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    end: () => {
      fail("it was closed");
      worker.terminate();
    },
  };
}
