import { correctedModel } from "./_corrected_model.ts";
import { importanceWeights, type LoggedColumns, type OffPolicyEstimate, type WeightOptions } from "./_logged.ts";

/** Columns of {@link doublyRobust}. */
export interface DoublyRobustColumns extends LoggedColumns {
  /** [steps] a model's estimate of the reward of the logged action. */
  readonly logged: Float64Array;
  /** [steps] the same model's estimate of the reward that the policy would earn: `Σ_a π(a|x) q(x,a)`. */
  readonly own: Float64Array;
}

/** Settings of {@link doublyRobust}. */
export interface DoublyRobustOptions extends WeightOptions {
  /** Divides the weights by their mean: less variance, a bias that falls with 1/n. Default false. */
  readonly selfNormalized?: boolean;
}

/**
 * Doubly robust: a model's estimate of what a policy would earn, corrected by what was earned where it can be compared.
 *
 * ```text
 * 1/n Σ [ q(x, π) + w (r − q(x, a)) ]        w = min(clip, π/μ), or w / w̄ when self-normalized
 * ```
 *
 * Right if the propensities are right or the model is, and of less variance than {@link ips} if the model is any good.
 * With `q = 0` it is {@link ips}, or {@link snips} when self-normalized.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `own` q(x, π) | `[steps]` | reward | what the model expects of the policy |
 * | `logged` q(x, a) | `[steps]` | reward | what it expects of the logged action |
 * | `rewards` r | `[steps]` | reward | what the logged action earned |
 *
 * The terms of a self-normalized estimate are linearized around it, as those of {@link snips}.
 *
 * @throws {ShapeError} If lengths differ.
 * @throws {RangeError} If a propensity is not in (0, 1].
 * @see Dudík et al., arXiv 1103.4601, equation 2; Thomas & Brunskill, arXiv 1604.00923, section 5.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { doublyRobust } from "@eddy/eddy";
 * const { estimate } = doublyRobust({
 *   probabilities: Float64Array.of(1, 0),
 *   propensities: Float64Array.of(0.5, 0.5),
 *   rewards: Float64Array.of(1, 1),
 *   logged: Float64Array.of(0.75, 0.5),
 *   own: Float64Array.of(0.75, 0.75),
 * });
 * assert.equal(estimate, 1); // ([0.75 + 2·(1 − 0.75)] + [0.75 + 0·(1 − 0.5)]) / 2
 * ```
 */
export function doublyRobust(columns: DoublyRobustColumns, options: DoublyRobustOptions = {}): OffPolicyEstimate {
  const { weights, clippedShare } = importanceWeights(columns, options);
  return correctedModel(columns, weights, clippedShare, options.selfNormalized ?? false);
}
