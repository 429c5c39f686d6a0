/**
 * An index, in proportion to its weight.
 *
 * @param weights [choices] not negative, one of them above 0. @param uniform In [0, 1).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawIndex } from "@eddy/eddy";
 * assert.equal(drawIndex([1, 0, 3], 0.25), 2);
 * ```
 */
export function drawIndex(weights: readonly number[], uniform: number): number {
  let left = uniform * weights.reduce((sum, weight) => sum + weight, 0);
  const drawn = weights.findIndex((weight) => (left -= weight) < 0);
  return drawn < 0 ? weights.findLastIndex((weight) => weight > 0) : drawn;
}
