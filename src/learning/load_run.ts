import { EddyError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import { loadCheckpoint, type PolicySnapshot } from "../policy/mod.ts";
import type { TrainConfiguration } from "./configuration.ts";
import type { RunState } from "./train.ts";

/** A checkpoint, with what {@linkcode saveRun} put beside the policy; a model from elsewhere has neither. */
export interface KeptRun {
  /** The policy. */
  readonly snapshot: PolicySnapshot;
  /** Where the run stood. */
  readonly state?: RunState;
  /** What the run is. */
  readonly configuration?: TrainConfiguration;
}

/**
 * Reads a checkpoint: a version's folder, a run's folder (its newest version), or a model from elsewhere.
 *
 * @param kernels Needed for a GGUF file alone.
 * @throws {EddyError} As `loadCheckpoint`; `checkpoint_invalid` also where the state of the run is not one.
 */
export function loadRun(path: string, kernels?: Kernels): KeptRun {
  const snapshot = loadCheckpoint(path, kernels);
  const description = JSON.parse(snapshot.files.get("eddy.json") ?? "{}") as {
    readonly run?: RunState;
    /** What the run is. */
    readonly configuration?: TrainConfiguration;
  };
  const { run, configuration } = description;
  if (run !== undefined && !isState(run)) {
    throw new EddyError("checkpoint_invalid", `Cannot load '${path}': 'run' in eddy.json is not the state of a run`);
  }
  return { snapshot, state: run, configuration };
}

function isState(run: unknown): run is RunState {
  if (typeof run !== "object" || run === null) return false;
  const { updates, tokens, seconds, untrained = 0, warmStart = 0 } = run as Partial<Record<keyof RunState, unknown>>;
  return Number.isSafeInteger(updates) && [tokens, seconds, untrained, warmStart].every(Number.isFinite);
}
