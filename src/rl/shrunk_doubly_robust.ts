import { correctedModel } from "./_corrected_model.ts";
import type { DoublyRobustColumns } from "./doubly_robust.ts";
import { importanceWeights, type OffPolicyEstimate } from "./_logged.ts";

/**
 * Doubly robust with optimistic shrinkage: large weights are pulled towards 0, small ones hardly.
 *
 * ```text
 * 1/n Σ [ q(x, π) + w' (r − q(x, a)) ]        w' = λ w / (w² + λ),  w = π/μ
 * ```
 *
 * λ of 0 is {@link directMethod}, an infinite one {@link doublyRobust}; w' is never above √λ / 2.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `own` q(x, π), `logged` q(x, a) | `[steps]` | reward | what a model expects of the policy and of the logged action |
 * | `strength` λ | | 1 | how much weights are trusted |
 *
 * @throws {ShapeError} If lengths differ.
 * @throws {RangeError} If a propensity is not in (0, 1] or λ is negative or not a number.
 * @see Su, Dimakopoulou, Krishnamurthy & Dudík, arXiv 1907.09623 (optimistic shrinkage).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { shrunkDoublyRobust } from "@eddy/eddy";
 * const { estimate } = shrunkDoublyRobust({
 *   probabilities: Float64Array.of(1),
 *   propensities: Float64Array.of(0.5), // w = 2, w' = 4·2 / (4 + 4) = 1
 *   rewards: Float64Array.of(1),
 *   logged: Float64Array.of(0.5),
 *   own: Float64Array.of(0.25),
 * }, { strength: 4 });
 * assert.equal(estimate, 0.75); // 0.25 + 1·0.5
 * ```
 */
export function shrunkDoublyRobust(
  columns: DoublyRobustColumns,
  { strength }: { readonly strength: number },
): OffPolicyEstimate {
  if (!(strength >= 0)) throw new RangeError(`Cannot shrink: λ is ${strength}, expected at least 0`);
  const shrunk = (weight: number): number =>
    strength === Infinity ? weight : weight === 0 ? 0 : strength * weight / (weight * weight + strength);
  const { weights, clippedShare } = importanceWeights(columns, {}, shrunk);
  return correctedModel(columns, weights, clippedShare, false);
}
