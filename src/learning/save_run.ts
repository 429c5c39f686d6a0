import { type PolicySnapshot, saveCheckpoint, type SaveCheckpointOptions } from "../policy/mod.ts";
import type { TrainConfiguration } from "./configuration.ts";
import type { RunState } from "./train.ts";

/**
 * Keeps a checkpoint that a run can go on from: the policy's files, with the run's state and configuration in `eddy.json`.
 *
 * @returns The folder of the new version, in `configuration.out`.
 * @throws {EddyError} `disk_full` If there is no room; the last version is intact.
 */
export function saveRun(
  configuration: TrainConfiguration,
  snapshot: PolicySnapshot,
  state: RunState,
  options?: SaveCheckpointOptions,
): string {
  const own = JSON.parse(snapshot.files.get("eddy.json") ?? "{}") as object;
  const files = new Map(snapshot.files).set("eddy.json", JSON.stringify({ ...own, run: state, configuration }));
  return saveCheckpoint(configuration.out, { ...snapshot, files }, options);
}
