import type { Environment, Split } from "../environment/mod.ts";
import { type Kernels, randomStream } from "../kernels/mod.ts";
import { type PlayedEpisode, rollout } from "../learning/mod.ts";
import type { Constraint } from "../language/mod.ts";
import type { Policy } from "../policy/mod.ts";

/** Who plays what. */
export interface PlayOptions {
  /** One environment for each episode; see {@linkcode environmentsOf}. */
  readonly environments: readonly Environment[];
  /** [episodes] the seed of each one's task; equal ones are the same task. */
  readonly tasks: readonly number[];
  /** Default `train`. */
  readonly split?: Split;
  /** Seed of the draws. */
  readonly seed: number;
  /** Stream of the first episode's draws; the others follow. Default 0. */
  readonly stream?: number;
  /** 0 takes the most likely action. Default 1. */
  readonly temperature?: number;
  /** Lets the world's scripted expert act. Default false. */
  readonly expert?: boolean;
  /** Keeps what was said. Default false. */
  readonly keepTurns?: boolean;
  /** What may be written, in worlds that do not list their actions. */
  readonly constraint?: Constraint;
}

/** Worlds end their episodes themselves. */
const NO_HORIZON = 10_000;

/**
 * Plays one episode of each task, side by side. What happens in an episode depends on its task, seed and stream alone.
 *
 * @throws {RangeError} If there are fewer environments than tasks.
 */
export function playEpisodes(kernels: Kernels, policy: Policy, options: PlayOptions): PlayedEpisode[] {
  const { environments, tasks, seed, stream = 0, temperature = 1 } = options;
  if (environments.length < tasks.length) {
    throw new RangeError(`Cannot play ${tasks.length} tasks: there are ${environments.length} environments`);
  }
  return rollout(policy, environments, {
    seeds: tasks,
    streams: tasks.map((_, index) => stream + index),
    seed,
    split: options.split ?? "train",
    horizon: NO_HORIZON,
    constraint: options.constraint,
    sampling: { temperature },
    expert: options.expert ? (stream) => randomStream(kernels, seed, stream) : undefined,
    keepTurns: options.keepTurns,
  });
}
