import { EddyError } from "../errors.ts";
import type { PolicySnapshot } from "../policy/mod.ts";
import type { Replica } from "./replica.ts";
import type { TrainConfiguration } from "./configuration.ts";

/** What every replica needs to make itself. */
export interface ReplicaSetup {
  readonly configuration: TrainConfiguration;
  /** Weights and optimiser state to start from. */
  readonly snapshot: PolicySnapshot;
  /** [shards × parameterCount × 4 bytes] */
  readonly gradients: SharedArrayBuffer;
}

type Method = "play" | "learn" | "apply" | "snapshot";
type Job<M extends Method> = Parameters<Replica[M]>[0];
type Result<M extends Method> = ReturnType<Replica[M]>;

/** What goes to a worker, and what comes back. */
export type ReplicaRequest =
  & { readonly id: number }
  & (
    | { readonly method: "open"; readonly job: ReplicaSetup }
    | { readonly [M in Method]: { readonly method: M; readonly job: Job<M> } }[Method]
  );
export interface ReplicaReply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string; readonly code?: EddyError["code"] };
}

/** The replicas of one run, called all at once. */
export interface Crew extends Disposable {
  readonly size: number;
  /** Gives replica `i` the job `jobs[i]`; resolves when all have finished. */
  call<M extends Method>(method: M, jobs: readonly Job<M>[]): Promise<Result<M>[]>;
  /** Asks the first replica alone; all of them hold the same policy. */
  ask<M extends Method>(method: M, job: Job<M>): Promise<Result<M>>;
}

/** A crew of one that works in this thread. */
export function localCrew(replica: Replica): Crew {
  const ask = <M extends Method>(method: M, job: Job<M>): Promise<Result<M>> =>
    Promise.resolve((replica[method] as (job: Job<M>) => Result<M>)(job));
  return {
    size: 1,
    call: async (method, jobs) => [await ask(method, jobs[0])],
    ask,
    [Symbol.dispose]: () => replica[Symbol.dispose](),
  };
}

/** Longest wait for one reply; a worker that is silent for longer is taken for dead. */
const REPLY_DEADLINE_MS = 120_000;

/**
 * A crew of Web Workers, one replica each.
 *
 * @param spawn Starts a worker that serves replicas (`workers/rollout.ts`).
 * @throws {EddyError} `worker_failed` If a worker dies or stays silent; also from every later call.
 */
export async function workerCrew(size: number, spawn: () => Worker, setup: ReplicaSetup): Promise<Crew> {
  const members = Array.from({ length: size }, (_, index) => createMember(index, spawn()));
  const crew: Crew = {
    size,
    call: <M extends Method>(method: M, jobs: readonly Job<M>[]) =>
      Promise.all(members.map((member, index) => member.request(method, jobs[index]) as Promise<Result<M>>)),
    ask: <M extends Method>(method: M, job: Job<M>) => members[0].request(method, job) as Promise<Result<M>>,
    [Symbol.dispose]: () => members.forEach((member) => member.close()),
  };
  try {
    await Promise.all(members.map((member) => member.request("open", setup)));
    return crew;
  } catch (error) {
    crew[Symbol.dispose]();
    throw error;
  }
}

function createMember(
  index: number,
  worker: Worker,
): { request(method: ReplicaRequest["method"], job: unknown): Promise<unknown>; close(): void } {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let failure: EddyError | undefined;
  let lastId = 0;
  const fail = (message: string): void => {
    failure ??= new EddyError("worker_failed", `Cannot go on: worker ${index} ${message}; resume with --resume`);
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  };
  worker.onerror = (event) => {
    event.preventDefault();
    fail(`died (${event.message})`);
  };
  worker.onmessageerror = () => fail("sent an unreadable message");
  worker.onmessage = ({ data: { id, result, error } }: MessageEvent<ReplicaReply>) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error) call?.reject(new EddyError(error.code ?? "worker_failed", error.message));
    else call?.resolve(result);
  };
  return {
    close(): void {
      worker.terminate();
      fail("was ended");
    },
    request(method, job): Promise<unknown> {
      if (failure) return Promise.reject(failure);
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        const deadline = setTimeout(() => fail(`was silent for ${REPLY_DEADLINE_MS / 1000} s`), REPLY_DEADLINE_MS);
        const settle = <T>(then: (value: T) => void) => (value: T): void => {
          clearTimeout(deadline);
          then(value);
        };
        waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
        worker.postMessage({ id, method, job });
      });
    },
  };
}
