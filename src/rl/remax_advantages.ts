import type { Kernels } from "../kernels/mod.ts";
import { checkLengths, type RowColumns, rowsOf } from "./_columns.ts";
import type { Advantages } from "./gae.ts";
import { discountedReturns } from "./discounted_returns.ts";
import { rowsToTokens } from "./rows_to_tokens.ts";

/** Columns of {@link remaxAdvantages}. */
export interface RemaxColumns extends RowColumns {
  /** `[tokens]`, reward. */
  readonly rewards: Float32Array;
  /** `[rows]`, reward: what the greedy answer to the same request earned. */
  readonly greedyRewards: Float32Array;
}

/**
 * ReMax: what the policy would have earned without exploring is the baseline. It depends on the request alone, so it takes
 * variance away and adds no bias, whatever the length of the answer.
 *
 * ```text
 * A_t = Σ_{k ≥ t} r_k − greedy reward of the row
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `rewards` r | `[tokens]` | reward | of a sampled answer |
 * | `greedyRewards` | `[rows]` | reward | of the answer made of the likeliest tokens |
 *
 * @returns `advantages` (0 where the mask is) and `returns`, both `[tokens]`; give the advantages to {@link reinforce}.
 * @throws {ShapeError} If lengths do not fit.
 * @see Li et al., arXiv 2310.10505, algorithm 1.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { loadKernels, remaxAdvantages } from "@eddy/eddy";
 * const { advantages } = remaxAdvantages(await loadKernels(), {
 *   rewards: Float32Array.of(0, 1, 0.5),
 *   greedyRewards: Float32Array.of(0.25, 0.5),
 *   rowLengths: Uint32Array.of(2, 1),
 * });
 * deepEqual([...advantages], [0.75, 0.75, 0]);
 * ```
 */
export function remaxAdvantages(kernels: Kernels, columns: RemaxColumns): Advantages {
  const { rewards, greedyRewards } = columns;
  const { mask, rowLengths } = rowsOf(columns, rewards.length);
  checkLengths(rowLengths.length, { greedyRewards });
  const returns = discountedReturns(kernels, { rewards, mask, rowLengths }, { gamma: 1 });
  const greedy = rowsToTokens(greedyRewards, rowLengths);
  return { advantages: returns.map((value, t) => mask[t] ? value - greedy[t] : 0), returns };
}
