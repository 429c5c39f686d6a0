import { EddyError } from "../../../../errors.ts";
import {
  DONE,
  errorOf,
  FAILED,
  type FromGpu,
  type GpuDeed,
  type GpuFailure,
  type GpuReading,
  STATE_BYTES,
  type ToGpu,
  WAITING,
} from "./messages.ts";

/** Beyond the thread's own deadline: it has said by then what is the matter. */
const GRACE_MS = 2000;

/** The near side of the thread that has the GPU. */
export interface GpuThread {
  /** Asks and lets others go on. @throws {EddyError} What the thread throws; `worker_failed` If it does not answer in time. */
  ask(message: ToGpu, transfer?: Transferable[]): Promise<FromGpu>;
  /** Tells without waiting. */
  tell(deed: GpuDeed): void;
  /**
   * Stands still until rows are read.
   *
   * @returns Logits, then values.
   * @throws {EddyError} `worker_failed` If the GPU is lost or does not answer in time; always from then on.
   */
  read(reading: Pick<GpuReading, "from" | "rows" | "logits" | "values">): Float32Array;
  /** Ends it at once. */
  end(): void;
}

/** Starts it. @param deadlineMs Longest wait for the GPU. */
export function startGpuThread(deadlineMs: number): GpuThread {
  const worker = new Worker(new URL("./gpu_thread.ts", import.meta.url), { type: "module", name: "eddy gpu" });
  const state = new SharedArrayBuffer(STATE_BYTES), words = new Int32Array(state, 0, 2);
  let out = new SharedArrayBuffer(0);
  let ended: EddyError | undefined;
  let waiting: PromiseWithResolvers<FromGpu> | undefined;

  const end = (why: string): EddyError => {
    ended ??= new EddyError("worker_failed", `Cannot run the model: ${why}`);
    waiting?.reject(ended);
    worker.terminate();
    return ended;
  };
  worker.onmessage = ({ data }: MessageEvent<FromGpu>): void => {
    if (data.kind === "failed") waiting?.reject(errorOf(data.failure));
    else waiting?.resolve(data);
  };
  worker.onerror = (event): void => {
    event.preventDefault();
    end(`the GPU's thread ended (${event.message}); use 'cpu'`);
  };
  const late = `the GPU did not answer within ${deadlineMs / 1000} s; use 'cpu'`;

  return {
    async ask(message, transfer = []): Promise<FromGpu> {
      if (ended) throw ended;
      waiting = Promise.withResolvers<FromGpu>();
      const timer = setTimeout(() => end(late), deadlineMs + GRACE_MS);
      try {
        worker.postMessage(message, transfer);
        return await waiting.promise;
      } finally {
        clearTimeout(timer);
        waiting = undefined;
      }
    },
    tell(what): void {
      if (!ended) worker.postMessage({ kind: "do", what } satisfies ToGpu);
    },
    read({ logits, values, ...reading }): Float32Array {
      if (ended) throw ended;
      const bytes = 4 * (logits + values);
      if (out.byteLength < bytes) out = new SharedArrayBuffer(bytes);
      Atomics.store(words, 0, WAITING);
      worker.postMessage({ kind: "read", ...reading, logits, values, out, state } satisfies ToGpu);
      const heard = Atomics.wait(words, 0, WAITING, deadlineMs + GRACE_MS);
      if (heard === "timed-out") throw end(late);
      const said = Atomics.load(words, 0);
      if (said === FAILED) {
        const text = new TextDecoder().decode(new Uint8Array(state, 8, words[1]).slice());
        throw end((JSON.parse(text) as GpuFailure).message.replace(/^Cannot run the model: /, ""));
      }
      if (said !== DONE) throw end("the GPU's thread said nothing that is known; use 'cpu'");
      return new Float32Array(out, 0, logits + values).slice();
    },
    end: () => void end("it was closed"),
  };
}
