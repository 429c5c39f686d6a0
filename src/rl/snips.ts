import { effectiveSampleSize } from "./effective_sample_size.ts";
import { importanceWeights, type LoggedColumns, mean, type OffPolicyEstimate, type WeightOptions } from "./_logged.ts";

/**
 * Self-normalized inverse propensity score: divides by the weights that there are, not by the steps.
 *
 * ```text
 * v = Σ w r / Σ w        terms = v + w (r − v) / w̄        w = min(clip, π/μ)
 * ```
 *
 * Stays within the range of the rewards and moves with them when all shift; its bias falls with 1/n. 0 if all weights are.
 *
 * @throws {ShapeError} If lengths differ.
 * @throws {RangeError} If a propensity is not in (0, 1].
 * @see Swaminathan & Joachims (2015), "The self-normalized estimator for counterfactual learning", equation 9.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { snips } from "@eddy/eddy";
 * const columns = {
 *   probabilities: Float64Array.of(1, 1, 0),
 *   propensities: Float64Array.of(0.5, 0.25, 0.5),
 *   rewards: Float64Array.of(1, 0.25, 1),
 * };
 * assert.equal(snips(columns).estimate, 0.5); // weights 2, 4, 0: (2·1 + 4·0.25) / 6
 * ```
 */
export function snips(columns: LoggedColumns, options: WeightOptions = {}): OffPolicyEstimate {
  const { rewards } = columns;
  const { weights, clippedShare } = importanceWeights(columns, options);
  const meanWeight = mean(weights);
  const estimate = meanWeight === 0 ? 0 : mean(weights.map((weight, i) => weight * rewards[i])) / meanWeight;
  const terms = weights.map((weight, i) =>
    meanWeight === 0 ? 0 : estimate + weight * (rewards[i] - estimate) / meanWeight
  );
  return { estimate, terms, effectiveSamples: effectiveSampleSize(weights), weights, clippedShare };
}
