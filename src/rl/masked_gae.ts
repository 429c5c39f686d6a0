import type { Kernels } from "../kernels/mod.ts";
import { checkLengths, type RowColumns, rowsOf } from "./_columns.ts";
import type { Advantages, TraceOptions } from "./gae.ts";

/** Columns of {@link maskedGae}. */
export interface MaskedGaeColumns extends RowColumns {
  /** `[tokens]`, reward. */
  readonly rewards: Float32Array;
  /** `[tokens]`, reward. */
  readonly values: Float32Array;
}

/**
 * GAE over the tokens of sequences in which some tokens are not the agent's: value and trace pass through those.
 *
 * ```text
 * backwards, at learnable tokens:  δ = r_t + γ·v_next − v_t     A_t = δ + γλ·A_next     v_next ← v_t, A_next ← A_t
 * ```
 *
 * Discounting counts tokens here: with γ < 1 a long answer is worth less. Use `stepAdvantages` for decisions.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `rewards` r, `values` v | `[tokens]` | reward | per token |
 * | `mask` | `[tokens]` | 0/1 | learnable tokens; the others get 0 |
 *
 * @returns `advantages` (not whitened) and `returns`, both `[tokens]`.
 * @throws {ShapeError} If lengths do not fit.
 * @see Schulman et al., arXiv 1506.02438, equation 16; the carrying is that of verl's `compute_gae_advantage_return`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { loadKernels, maskedGae } from "@eddy/eddy";
 * const { advantages } = maskedGae(await loadKernels(), {
 *   rewards: Float32Array.of(0, 5, 1), // the 5 stands under an observation token
 *   values: Float32Array.of(0, 7, 0),
 *   mask: Uint8Array.of(1, 0, 1),
 * }, { gamma: 0.5, lambda: 1 });
 * deepEqual([...advantages], [0.5, 0, 1]);
 * ```
 */
export function maskedGae(kernels: Kernels, columns: MaskedGaeColumns, options: TraceOptions): Advantages {
  const { rewards, values } = columns;
  checkLengths(rewards.length, { values });
  const { mask, rowLengths } = rowsOf(columns, rewards.length);
  const advantages = new Float32Array(rewards.length);
  const returns = new Float32Array(rewards.length);
  kernels.maskedGae(rewards, values, mask, rowLengths, options.gamma, options.lambda, advantages, returns);
  return { advantages, returns };
}
