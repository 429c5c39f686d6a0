/**
 * Squared length of a decision's score: how strongly learning from it moves the logits.
 *
 * ```text
 * ‖∇_z log π(a)‖² = ‖e_a − π‖² = 1 − 2π_a + Σ_b π_b²
 * ```
 *
 * @param probabilities [candidates] π, adding up to 1. @param taken a, an index.
 * @returns Between 0 (a was certain) and 2.
 * @throws {RangeError} If the action does not exist.
 * @see own derivation; `test/rl/optimal_baseline_test.ts` compares it with finite differences.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { scoreEnergy } from "@eddy/eddy";
 * equal(scoreEnergy([0.5, 0.5], 0), 0.5);
 * ```
 */
export function scoreEnergy(probabilities: ArrayLike<number>, taken: number): number {
  if (!(taken in probabilities)) {
    throw new RangeError(`Cannot score action ${taken}: it is none of ${probabilities.length}`);
  }
  let squares = 0;
  for (let b = 0; b < probabilities.length; b++) squares += probabilities[b] ** 2;
  return 1 - 2 * probabilities[taken] + squares;
}
