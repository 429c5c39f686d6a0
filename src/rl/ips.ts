import { effectiveSampleSize } from "./effective_sample_size.ts";
import { importanceWeights, type LoggedColumns, mean, type OffPolicyEstimate, type WeightOptions } from "./_logged.ts";

/**
 * Inverse propensity score: what a policy would have earned on steps that another one took.
 *
 * ```text
 * 1/n Σ w r        w = min(clip, π(a|x) / μ(a|x))
 * ```
 *
 * Unbiased without a clip, wherever the logging policy could take each action that the policy takes.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `probabilities` π | `[steps]` | 1 | of the logged action, now |
 * | `propensities` μ | `[steps]` | 1 | of the logged action, when it was taken |
 * | `rewards` r | `[steps]` | reward | of the logged action |
 *
 * @throws {ShapeError} If lengths differ.
 * @throws {RangeError} If a propensity is not in (0, 1].
 * @see Horvitz & Thompson (1952); Dudík et al., arXiv 1103.4601, section 3.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ips } from "@eddy/eddy";
 * // Two of four steps did what the policy would do; they were logged with probability 1/2: weights 2, 2, 0, 0.
 * const columns = {
 *   probabilities: Float64Array.of(1, 1, 0, 0),
 *   propensities: Float64Array.of(0.5, 0.5, 0.5, 0.5),
 *   rewards: Float64Array.of(1, 0, 1, 1),
 * };
 * assert.equal(ips(columns).estimate, 0.5); // (2·1 + 2·0) / 4
 * ```
 */
export function ips(columns: LoggedColumns, options: WeightOptions = {}): OffPolicyEstimate {
  const { weights, clippedShare } = importanceWeights(columns, options);
  const terms = weights.map((weight, i) => weight * columns.rewards[i]);
  return { estimate: mean(terms), terms, effectiveSamples: effectiveSampleSize(weights), weights, clippedShare };
}
