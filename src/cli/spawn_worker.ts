/** Starts a worker that serves one replica of the policy. */
export function spawnWorker(): Worker {
  return new Worker(new URL("../../workers/rollout.ts", import.meta.url), { type: "module" });
}
