import type { RegressionRound } from "./regression_oracle.ts";

/**
 * What every action of one round would have been worth, as far as one outcome can tell: the estimate, corrected where the
 * outcome was seen.
 *
 * ```text
 * target_k = q̂_k + [k = a] · (r − q̂_k) / max(probability, smallest)
 * ```
 *
 * @param predictions [actions] q̂, of a model that has not learned this round. @param smallest Bound of the variance.
 * @returns [actions] targets; unbiased where q̂ or the probability is right (and above `smallest`).
 * @throws {RangeError} If the action does not exist or the larger of the probability and `smallest` is not positive.
 * @see Dudík, Langford and Li 2011, arXiv 1103.4601, equation 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { doublyRobustTargets } from "@eddy/eddy";
 * const round = { action: 1, reward: 1, probability: 0.5 };
 * assert.deepEqual([...doublyRobustTargets([0.25, 0.5], round)], [0.25, 1.5]); // 0.5 + (1 − 0.5) / 0.5
 * ```
 */
export function doublyRobustTargets(
  predictions: ArrayLike<number>,
  { action, reward, probability = 1 }: Omit<RegressionRound, "context">,
  smallest = 0,
): Float64Array {
  const divisor = Math.max(probability, smallest);
  if (!Number.isInteger(action) || action < 0 || action >= predictions.length) {
    throw new RangeError(`Cannot correct: action ${action} is none of ${predictions.length}`);
  }
  if (!(divisor > 0)) throw new RangeError(`Cannot correct: the probability must be positive, got ${probability}`);
  const targets = Float64Array.from(predictions);
  targets[action] += (reward - targets[action]) / divisor;
  return targets;
}
