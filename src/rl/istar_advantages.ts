import type { Kernels } from "../kernels/mod.ts";
import { checkLengths } from "./_columns.ts";
import { episodesOf } from "./_episodes.ts";
import { groupAdvantages } from "./group_advantages.ts";

/** Columns of {@link istarAdvantages}. */
export interface IstarColumns {
  /** `[steps]`, reward: implicit reward of each step, `rowRewards` of {@link implicitRewards} with steps as rows. */
  readonly stepRewards: Float32Array;
  /** `[episodes]`, reward: how each episode turned out. */
  readonly outcomes: Float32Array;
  /** `[episodes]`, steps of each. */
  readonly stepsPerEpisode: Uint32Array;
  /** `[episodes]`: episodes of one task have one number. */
  readonly groups: Uint32Array;
}

/**
 * iStar advantages: the outcome against the task's other episodes, plus the implicit reward of the step against its other steps.
 *
 * ```text
 * A = (R − mean of the others' R) + stepWeight · (r_t − mean of the task's other steps' r)
 * ```
 *
 * All steps of the task are pooled in the second baseline. A task with one episode has no first part, one with a single step
 * no second.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `stepRewards` r | `[steps]` | reward | β Σ log π_φ/π_old over the step's tokens |
 * | `outcomes` R | `[episodes]` | reward | of the whole episode |
 *
 * @returns `[steps]`, reward.
 * @throws {ShapeError} If lengths do not fit.
 * @see arXiv 2509.19199 (iStar); {@link trajectoryPreferenceLoss} trains φ.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { istarAdvantages, loadKernels } from "@eddy/eddy";
 * const advantages = istarAdvantages(await loadKernels(), {
 *   stepRewards: Float32Array.of(0, 1, 0.5),
 *   outcomes: Float32Array.of(1, 0),
 *   stepsPerEpisode: Uint32Array.of(2, 1),
 *   groups: Uint32Array.of(0, 0),
 * });
 * deepEqual([...advantages], [0.25, 1.75, -1]); // 1 + (0 − 0.75), 1 + (1 − 0.25), −1 + (0.5 − 0.5)
 * ```
 */
export function istarAdvantages(
  kernels: Kernels,
  { stepRewards, outcomes, stepsPerEpisode, groups }: IstarColumns,
  { stepWeight = 1 }: { readonly stepWeight?: number } = {},
): Float32Array {
  checkLengths(stepsPerEpisode.length, { outcomes, groups });
  const episodeOf = episodesOf(stepsPerEpisode, stepRewards.length);
  const others = { baseline: "others", singleton: "zero" } as const;
  const ofEpisode = groupAdvantages(kernels, { rewards: outcomes, groups }, others);
  const groupOfStep = episodeOf.map((episode) => groups[episode]);
  const ofStep = groupAdvantages(kernels, { rewards: stepRewards, groups: groupOfStep }, others);
  return ofStep.map((advantage, step) => ofEpisode[episodeOf[step]] + stepWeight * advantage);
}
