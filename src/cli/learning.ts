import type { TrainConfiguration, TrainingEvent } from "../learning/mod.ts";

/** The last event of a run. */
export type DoneEvent = Extract<TrainingEvent, { event: "done" }>;

/** What the command line needs of `src/learning`; tests put their own in its place. */
export interface Learning {
  train(configuration: TrainConfiguration, options: TrainOptions): Promise<DoneEvent>;
  evaluateCheckpoint(folder: string, options: EvaluateOptions): Promise<EvaluationResult>;
}

/** What a run is given besides its configuration. */
export interface TrainOptions {
  readonly onEvent: (event: TrainingEvent) => void;
  /** Aborted at the first Ctrl-C: the run finishes its update, keeps a checkpoint and stops. */
  readonly signal: AbortSignal;
  /** Folder of a public data set, where the preset needs one. */
  readonly data?: string;
  /** Folder of a run to continue. */
  readonly resume?: string;
}

/** How to measure a checkpoint. */
export interface EvaluateOptions {
  /** Another world than the one it was trained on. */
  readonly environment?: string;
  readonly data?: string;
  readonly episodes?: number;
  readonly seed?: number;
  readonly workers?: number;
  readonly signal: AbortSignal;
}

/** What a checkpoint does on held-out tasks. */
export interface EvaluationResult {
  readonly success: number;
  /** Success of the warm start it came from, as kept in the checkpoint; null where there was none. */
  readonly warmStart: number | null;
  readonly episodes: number;
  readonly meanReturn: number;
  readonly seconds: number;
  readonly seed: number;
}

/** Loads `src/learning` when it is needed: help and wrong flags answer at once. */
export async function loadLearning(): Promise<Learning> {
  return await import("../learning/mod.ts") as unknown as Learning;
}
