/**
 * How many equally weighted samples the weighted ones are worth (Kish).
 *
 * ```text
 * (Σ w)² / Σ w²
 * ```
 *
 * @param weights [samples], not negative.
 * @returns Between 0 (all weights are 0) and the number of samples (all weights are equal).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { effectiveSampleSize } from "@eddy/eddy";
 * assert.equal(effectiveSampleSize(Float64Array.of(1, 1, 0, 0)), 2);
 * ```
 */
export function effectiveSampleSize(weights: Float64Array): number {
  let sum = 0, squares = 0;
  for (const weight of weights) {
    sum += weight;
    squares += weight * weight;
  }
  return squares === 0 ? 0 : sum * sum / squares;
}
