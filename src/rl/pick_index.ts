/**
 * The index that a uniform number picks: the first whose cumulative probability exceeds it; never one of probability 0.
 *
 * @param probabilities [candidates] adding up to 1. @param uniform In [0, 1).
 * @throws {RangeError} If there are no probabilities or `uniform` is outside of [0, 1).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pickIndex } from "@eddy/eddy";
 * assert.equal(pickIndex(Float32Array.of(0.25, 0, 0.75), 0.25), 2);
 * ```
 */
export function pickIndex(probabilities: Float32Array, uniform: number): number {
  if (probabilities.length === 0) throw new RangeError("Cannot pick: there are no candidates");
  if (!(uniform >= 0 && uniform < 1)) {
    throw new RangeError(`Cannot pick: the uniform must be in [0, 1), got ${uniform}`);
  }
  let [sum, last] = [0, 0];
  for (const [index, probability] of probabilities.entries()) {
    if (probability > 0) last = index;
    sum += probability;
    if (sum > uniform) return index;
  }
  return last;
}
