import { EddyError } from "../../errors.ts";
import { type SandboxWorker, startSandboxWorker } from "./_sandbox_worker.ts";
import type { Sandbox, SandboxResult } from "./sandbox.ts";
import { type SandboxLimits, sandboxLimits } from "./sandbox_limits.ts";
import type { SandboxHost } from "./sandbox_process.ts";

/** What a sandbox is made with. */
export interface SandboxOptions {
  /** What starts its processes; undefined where there are none, as in workerd. */
  readonly host: SandboxHost | undefined;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Processes that are kept warm. Default 2. */
  readonly size?: number;
  /** What each may use. */
  readonly limits?: Partial<SandboxLimits>;
}

/**
 * Opens a pool of warm processes that run learned code, and waits until they are ready.
 *
 * A process that answered badly (too late, too much, not at all) is ended and replaced, and so is one that has made its
 * share of calls. Calls wait in line for a free one.
 *
 * @throws {EddyError} `sandbox_unavailable` If this host has no processes, or none of them starts.
 * @throws {RangeError} If `size` or a limit is no sensible whole number.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { openSandbox, sandboxHost } from "@eddy/eddy";
 * const sandbox = await openSandbox({ host: sandboxHost(), now: () => performance.now(), size: 1 });
 * assert.deepEqual(await sandbox.call("({ a, b }) => a * b", { a: 6, b: 7 }), { kind: "value", value: 42 });
 * assert.deepEqual(await sandbox.call("() => fetch('http://x')", []), {
 *   kind: "thrown", name: "ReferenceError", message: "fetch is not defined",
 * });
 * await sandbox.close();
 * ```
 */
export async function openSandbox({ host, now, size = 2, limits: given }: SandboxOptions): Promise<Sandbox> {
  if (!host) {
    throw new EddyError(
      "sandbox_unavailable",
      "Cannot open a sandbox: this host has no processes; run learned functions in a service that Deno runs",
    );
  }
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`Cannot open a sandbox: its size is ${size}`);
  return await openPool(host, now, size, sandboxLimits(given));
}

interface Waiting {
  take(worker: SandboxWorker): void;
  refuse(error: EddyError): void;
}

async function openPool(host: SandboxHost, now: () => number, size: number, limits: SandboxLimits): Promise<Sandbox> {
  const free: SandboxWorker[] = [];
  const line: Waiting[] = [];
  const workers = new Set<SandboxWorker>();
  /** Starts and ends that are under way. */
  const changes = new Set<Promise<void>>();
  let closed = false;
  let failure: EddyError | undefined;

  const watch = (work: Promise<void>): void => {
    const watched = work.finally(() => changes.delete(watched));
    changes.add(watched);
  };
  const offer = (worker: SandboxWorker): void => {
    const next = line.shift();
    if (next) next.take(worker);
    else free.push(worker);
  };
  const start = async (): Promise<void> => {
    try {
      const worker = await startSandboxWorker(host, limits, now);
      failure = undefined;
      if (closed) return await worker.end();
      workers.add(worker);
      offer(worker);
    } catch (error) {
      failure = error instanceof EddyError
        ? error
        : new EddyError("sandbox_unavailable", `Cannot start a sandbox: ${(error as Error).message}`, { cause: error });
      for (const waiting of line.splice(0)) waiting.refuse(failure);
    }
  };
  const replace = async (worker: SandboxWorker): Promise<void> => {
    workers.delete(worker);
    await worker.end();
    if (!closed) await start();
  };
  const worn = ({ calls, busyMs }: SandboxWorker): boolean =>
    // V8 compiles and collects beside the call, so that processor time can be a multiple of it.
    calls >= limits.calls || busyMs >= limits.processorSeconds * 250;
  const giveBack = (worker: SandboxWorker, { kind }: SandboxResult): void => {
    const sound = kind === "value" || kind === "thrown";
    if (sound && !worn(worker) && !closed) offer(worker);
    else watch(replace(worker));
  };
  const worker = async (): Promise<SandboxWorker> => {
    const ready = free.shift();
    if (ready) return ready;
    // Where starting failed, each call tries again.
    if (workers.size + changes.size === 0) watch(start());
    return await new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        const at = line.indexOf(waiting);
        if (at >= 0) line.splice(at, 1);
      };
      const waiting: Waiting = {
        take: (worker) => (leave(), resolve(worker)),
        refuse: (error) => (leave(), reject(error)),
      };
      const timer = setTimeout(
        () =>
          waiting.refuse(new EddyError("overloaded", `Cannot call: no process was free within ${limits.waitMs} ms`)),
        limits.waitMs,
      );
      line.push(waiting);
    });
  };

  for (let index = 0; index < size; index++) watch(start());
  await Promise.all(changes);
  if (failure) {
    await Promise.all([...workers].map((worker) => worker.end()));
    await host.close();
    throw failure;
  }
  return {
    async call(code, given, { deadline = limits.deadlineMs, seed = 0, clockMs = 0 } = {}): Promise<SandboxResult> {
      const argumentsJson = JSON.stringify(given);
      if (argumentsJson === undefined) throw new TypeError(`Cannot call: ${typeof given} is no JSON`);
      const units = code.length + argumentsJson.length;
      if (units > limits.inputUnits) {
        throw new EddyError("request_invalid", `Cannot call: ${units} units are more than ${limits.inputUnits}`);
      }
      if (!(deadline > 0)) throw new RangeError(`Cannot call: the deadline is ${deadline} ms`);
      if (closed) throw new EddyError("interrupted", "Cannot call: the sandbox is closed");
      const taken = await worker();
      const request = { code, argumentsJson, seed, clockMs, outputBytes: limits.outputBytes };
      const result = await taken.call(request, deadline);
      giveBack(taken, result);
      return result;
    },
    async close(): Promise<void> {
      if (closed) return;
      closed = true;
      const error = new EddyError("interrupted", "Cannot call: the sandbox is closed");
      for (const waiting of line.splice(0)) waiting.refuse(error);
      await Promise.all([...workers].map((worker) => worker.end()));
      while (changes.size > 0) await Promise.all(changes);
      await host.close();
    },
  };
}
