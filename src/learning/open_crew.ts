import type { Kernels } from "../kernels/mod.ts";
import { type Crew, localCrew, type ReplicaSetup, workerCrew } from "./crew.ts";
import { openReplica } from "./open_replica.ts";

/** As many workers as the configuration names and the batch has parts for, or this thread. */
export async function openCrew(kernels: Kernels, setup: ReplicaSetup, spawnWorker?: () => Worker): Promise<Crew> {
  const { workers, reinforcement: { shards } } = setup.configuration;
  return spawnWorker && workers > 0
    ? await workerCrew(Math.min(workers, shards), spawnWorker, setup)
    : localCrew(await openReplica(kernels, setup));
}
