import { checkLengths } from "./_columns.ts";

/**
 * The reward of each token that a policy's log-ratio to a reference implies: differences of the soft value
 * `β·ln E_reference[e^{reward/β}]` along the row.
 *
 * ```text
 * r_t = β·(logProb − referenceLogProb)
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs`, `referenceLogProbs` | `[tokens]` | nats | under the reward model and under its reference |
 * | `mask` | `[tokens]` | 0/1 | learnable tokens |
 *
 * Sum over a step's tokens for a step's reward (PRIME), or divide by their number too (iStar).
 *
 * @returns `[tokens]`, reward; 0 where the mask is 0.
 * @throws {ShapeError} If lengths differ.
 * @see Yuan et al., arXiv 2412.01981, proposition 3.1; Cui et al. (PRIME), arXiv 2502.01456.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { implicitRewards } from "@eddy/eddy";
 * const columns = { logProbs: Float32Array.of(-1, -2), referenceLogProbs: Float32Array.of(-3, -1) };
 * deepEqual([...implicitRewards(columns, { beta: 0.5 })], [1, -0.5]);
 * ```
 */
export function implicitRewards(
  columns: { readonly logProbs: Float32Array; readonly referenceLogProbs: Float32Array; readonly mask?: Uint8Array },
  options: { readonly beta: number },
): Float32Array {
  const { logProbs, referenceLogProbs, mask } = columns;
  checkLengths(logProbs.length, { referenceLogProbs, mask });
  return logProbs.map((logProb, t) => mask && !mask[t] ? 0 : options.beta * (logProb - referenceLogProbs[t]));
}
