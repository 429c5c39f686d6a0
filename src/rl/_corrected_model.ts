import { ShapeError } from "../errors.ts";
import type { DoublyRobustColumns } from "./doubly_robust.ts";
import { effectiveSampleSize } from "./effective_sample_size.ts";
import { mean, type OffPolicyEstimate } from "./_logged.ts";

/**
 * `mean(own) + mean(w (r − q))`, or with `w / w̄`: what all doubly robust estimators have in common.
 *
 * @throws {ShapeError} If lengths differ.
 */
export function correctedModel(
  { rewards, logged, own }: DoublyRobustColumns,
  weights: Float64Array,
  clippedShare: number,
  selfNormalized: boolean,
): OffPolicyEstimate {
  if (logged.length !== rewards.length) throw new ShapeError("logged", rewards.length, logged.length);
  if (own.length !== rewards.length) throw new ShapeError("own", rewards.length, own.length);
  const effectiveSamples = effectiveSampleSize(weights);
  const scale = selfNormalized ? mean(weights) : 1;
  const corrections = weights.map((weight, i) => scale === 0 ? 0 : weight * (rewards[i] - logged[i]) / scale);
  const correction = mean(corrections);
  const estimate = mean(own) + correction;
  // d(mean(w e) / mean(w)) = (w e − correction · w) / w̄: the derivative of the denominator stands in the second part.
  const terms = own.map((value, i) => {
    const shift = selfNormalized && scale > 0 ? correction * (1 - weights[i] / scale) : 0;
    return value + corrections[i] + shift;
  });
  return { estimate, terms, effectiveSamples, weights, clippedShare };
}
