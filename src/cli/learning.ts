import type {
  CheckpointEvaluation,
  DoneEvent,
  MeasureOptions,
  TrainConfiguration,
  TrainingEvent,
} from "../learning/mod.ts";
import { spawnWorker } from "./spawn_worker.ts";

/** What the command line needs of learning; tests put their own in its place. */
export interface Learning {
  /** Trains; gives nothing when the signal stopped the run, with a checkpoint kept. */
  train(configuration: TrainConfiguration, options: TrainOptions): Promise<DoneEvent | undefined>;
  evaluateCheckpoint(folder: string, options: Measuring): Promise<CheckpointEvaluation>;
}

/** What a run is given besides its configuration. */
export interface TrainOptions {
  readonly onEvent: (event: TrainingEvent) => void;
  /** Aborted at the first Ctrl-C: the run finishes its update, keeps a checkpoint and stops. */
  readonly signal: AbortSignal;
  /** Goes on from the newest checkpoint in the run's folder. */
  readonly resume: boolean;
}

/** How to measure a checkpoint. */
export type Measuring = Omit<MeasureOptions, "now" | "spawnWorker">;

/** Loads learning, kernels and workers when they are needed: help and wrong flags answer at once. */
export async function loadLearning(): Promise<Learning> {
  const { evaluateCheckpoint, loadRun, saveRun, train, trainIntents } = await import("../learning/mod.ts");
  const { loadKernels } = await import("../kernels/mod.ts");
  const kernels = await loadKernels();
  const now = (): number => performance.now();
  return {
    train(configuration, { onEvent, signal, resume }): Promise<DoneEvent | undefined> {
      if (configuration.environment === "intents") return trainIntents(configuration, { kernels, now, onEvent });
      const { snapshot, state } = resume ? loadRun(configuration.out) : {};
      return train(configuration, {
        kernels,
        now,
        onEvent,
        save: (snapshot, state) => Promise.resolve(saveRun(configuration, snapshot, state)),
        spawnWorker,
        signal,
        resume: snapshot && state && { snapshot, state },
      });
    },
    evaluateCheckpoint: (folder, options) => evaluateCheckpoint(kernels, folder, { ...options, now, spawnWorker }),
  };
}
