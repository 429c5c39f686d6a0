import type { Environment, Split } from "../environment/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import type { Policy } from "../policy/mod.ts";
import { playEpisodes } from "./play_episodes.ts";
import { successOf } from "./success_of.ts";

/** What to measure on. */
export interface MeasureSuccessOptions {
  /** One for each task. */
  readonly environments: readonly Environment[];
  /** Seed of the first task; the others follow. Default 0. */
  readonly first?: number;
  /** Default `train`: fresh tasks by their number, said as in training. */
  readonly split?: Split;
  /** Names the draws, where `temperature` is not 0. */
  readonly seed: number;
  /** Default 0: the most likely action. */
  readonly temperature?: number;
}

/** Share of tasks, one an environment, that a policy solves. */
export function measureSuccess(kernels: Kernels, policy: Policy, options: MeasureSuccessOptions): number {
  const { environments, first = 0, temperature = 0, split, seed } = options;
  const tasks = environments.map((_, index) => first + index);
  return successOf(playEpisodes(kernels, policy, { environments, tasks, split, seed, temperature }));
}
