/** Serves one replica to the thread that started it. Start it with `new Worker(url, { type: "module" })`. */
import { EddyError } from "../src/errors.ts";
import { loadKernels } from "../src/kernels/mod.ts";
import { openReplica, type Replica, type ReplicaReply, type ReplicaRequest } from "../src/learning/mod.ts";

const scope = self as unknown as { postMessage(reply: ReplicaReply): void; onmessage: unknown };
let replica: Replica | undefined;

scope.onmessage = async ({ data: request }: MessageEvent<ReplicaRequest>): Promise<void> => {
  const { id } = request;
  try {
    if (request.method === "open") {
      replica = await openReplica(await loadKernels(), request.job);
      return scope.postMessage({ id });
    }
    if (!replica) throw new Error("Cannot work: the replica is not open");
    const work = replica[request.method] as (job: unknown) => unknown;
    scope.postMessage({ id, result: work(request.job) });
  } catch (error) {
    const { message } = error as Error;
    scope.postMessage({ id, error: { message, code: error instanceof EddyError ? error.code : undefined } });
  }
};
