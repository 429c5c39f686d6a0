import { correctedModel } from "./_corrected_model.ts";
import type { DoublyRobustColumns } from "./doubly_robust.ts";
import { importanceWeights, type OffPolicyEstimate } from "./_logged.ts";

/**
 * SWITCH-DR: doubly robust where the weight is small, the model alone where it is large.
 *
 * ```text
 * 1/n Σ [ q(x, π) + w·[w ≤ threshold] (r − q(x, a)) ]        w = π/μ
 * ```
 *
 * With a threshold of 0 (and every weight above it) it is {@link directMethod}, with an infinite one {@link doublyRobust}.
 * Biased by the model's error where it speaks alone; there is no bias if no weight is above the threshold.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `own` q(x, π), `logged` q(x, a) | `[steps]` | reward | what a model expects of the policy and of the logged action |
 * | `threshold` | | 1 | largest weight that is trusted |
 *
 * @returns `clippedShare` is the share of steps where the model spoke alone.
 * @throws {ShapeError} If lengths differ.
 * @throws {RangeError} If a propensity is not in (0, 1] or the threshold is negative or not a number.
 * @see Wang, Agarwal & Dudík, arXiv 1612.01205 (SWITCH).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { switchDoublyRobust } from "@eddy/eddy";
 * const { estimate } = switchDoublyRobust({
 *   probabilities: Float64Array.of(1, 1),
 *   propensities: Float64Array.of(0.5, 0.1), // weights 2 and 10
 *   rewards: Float64Array.of(1, 1),
 *   logged: Float64Array.of(0.5, 0.5),
 *   own: Float64Array.of(0.5, 0.5),
 * }, { threshold: 4 });
 * assert.equal(estimate, 1); // ([0.5 + 2·0.5] + 0.5) / 2
 * ```
 */
export function switchDoublyRobust(
  columns: DoublyRobustColumns,
  { threshold }: { readonly threshold: number },
): OffPolicyEstimate {
  if (!(threshold >= 0)) throw new RangeError(`Cannot switch: the threshold is ${threshold}, expected at least 0`);
  const { weights, clippedShare } = importanceWeights(columns, {}, (weight) => weight > threshold ? 0 : weight);
  return correctedModel(columns, weights, clippedShare, false);
}
