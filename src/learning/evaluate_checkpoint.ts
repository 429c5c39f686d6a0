import { EddyError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import type { TrainConfiguration } from "./configuration.ts";
import type { ReplicaSetup } from "./crew.ts";
import { loadRun } from "./load_run.ts";
import { openCrew } from "./open_crew.ts";
import { play } from "./play.ts";
import { PRESETS } from "./presets.ts";
import { summarize } from "./summarize.ts";
import { wilsonInterval } from "./wilson_interval.ts";

/** What an evaluation takes from outside, and what it measures. */
export interface MeasureOptions {
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Starts a worker that serves replicas; without it everything runs in this thread. */
  readonly spawnWorker?: () => Worker;
  /** Another world than the one it was trained in. */
  readonly environment?: string;
  /** Held-out tasks. Default: as many as closed the training. */
  readonly episodes?: number;
  /** Names the tasks. Default 0: those that closed the training. */
  readonly seed?: number;
  /** 0 takes the most likely action. Default: as in the training. */
  readonly temperature?: number;
  /** Replicas at once; 0 plays in this thread. */
  readonly workers?: number;
}

/** What a checkpoint does on held-out tasks. */
export interface CheckpointEvaluation {
  /** Share of the tasks solved, with its 95 % interval. */
  readonly success: number;
  /** Its 95 % interval. */
  readonly interval: readonly [low: number, high: number];
  /** Success of the warm start it came from, as kept in the checkpoint; null where there was none. */
  readonly warmStart: number | null;
  /** Tasks played. */
  readonly episodes: number;
  /** Mean sum of rewards. */
  readonly meanReturn: number;
  /** Time that it took. */
  readonly seconds: number;
  /** Names the tasks. */
  readonly seed: number;
}

/** Held-out task numbers of one seed; the next seed's come after. */
const TASKS_OF_A_SEED = 1 << 20;
const TASKS = 2 ** 31;

/**
 * Measures a checkpoint on the split that no curve point saw.
 *
 * @param path A version's folder, a run's folder (its newest version), or a model from elsewhere with `environment`.
 * @throws {EddyError} As `loadRun`; `configuration_invalid` If nothing says which world it acts in.
 */
export async function evaluateCheckpoint(
  kernels: Kernels,
  path: string,
  options: MeasureOptions,
): Promise<CheckpointEvaluation> {
  const started = options.now();
  const { snapshot, state, configuration: kept } = loadRun(path, kernels);
  const configuration = evaluated(path, kept, options);
  const { episodes = configuration.evaluation.finalEpisodes, seed = 0 } = options;
  const setup: ReplicaSetup = { configuration, snapshot, gradients: new SharedArrayBuffer(0) };
  using crew = await openCrew(kernels, setup, options.spawnWorker);
  const played = await play(crew, configuration.seed, {
    actor: "policy",
    split: "test",
    first: seed * TASKS_OF_A_SEED % TASKS,
    episodes,
    shards: crew.size,
    temperature: options.temperature ?? configuration.evaluation.temperature,
  });
  const { success, meanReturn } = summarize(played);
  return {
    success,
    interval: wilsonInterval(success * episodes, episodes),
    warmStart: configuration.warmStart.updates > 0 ? state?.warmStart ?? null : null,
    episodes,
    meanReturn,
    seconds: (options.now() - started) / 1000,
    seed,
  };
}

function evaluated(
  path: string,
  kept: TrainConfiguration | undefined,
  { environment, workers }: MeasureOptions,
): TrainConfiguration {
  if (!kept && environment === undefined) {
    throw new EddyError(
      "configuration_invalid",
      `Cannot evaluate '${path}': it does not say which world it acts in; name one with --environment`,
    );
  }
  const base: TrainConfiguration = kept ?? PRESETS.desk;
  // Another world has other knobs.
  const moved = environment !== undefined && environment !== base.environment;
  return {
    ...base,
    ...(moved ? { environment, environmentOptions: {} } : {}),
    workers: workers ?? base.workers,
  };
}
