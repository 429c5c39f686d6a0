import type { Kernels } from "../kernels/mod.ts";
import { checkLengths, rowsOf } from "./_columns.ts";

/** Columns of {@link nStepReturns}. */
export interface NStepColumns {
  /** `[steps]`, reward. */
  readonly rewards: Float32Array;
  /** `[steps]`, reward: value of the observation that really followed. */
  readonly nextValues: Float32Array;
  /** `[steps]`: `γ·(1 − terminated)`. */
  readonly discounts: Float32Array;
  /** `[steps]`: 1 = cut here; the value after it bootstraps. Default all 0. */
  readonly truncated?: Uint8Array;
  /** `[rows]`; default one row. */
  readonly rowLengths?: Uint32Array;
}

/**
 * Sum of the next n rewards and the value of what follows them.
 *
 * ```text
 * G_t = r_t + γ_t(r_{t+1} + γ_{t+1}(… + γ_{t+n−1}·nextValue_{t+n−1}))
 * ```
 *
 * Near a row's end, or at a truncation, fewer rewards are summed and the value there bootstraps.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `rewards`, `nextValues` | `[steps]` | reward | per step |
 * | `discounts` γ_t | `[steps]` | 1 | 0 at a terminated step |
 *
 * @returns `[steps]`, reward.
 * @throws {ShapeError} If lengths do not fit.
 * @throws {RangeError} If `n` is not a positive whole number.
 * @see Sutton & Barto (2018), equation 7.1.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { loadKernels, nStepReturns } from "@eddy/eddy";
 * const returns = nStepReturns(await loadKernels(), {
 *   rewards: Float32Array.of(1, 2, 3),
 *   nextValues: Float32Array.of(10, 20, 30),
 *   discounts: Float32Array.of(1, 1, 0),
 * }, { n: 2 });
 * deepEqual([...returns], [1 + 2 + 20, 2 + 3, 3]);
 * ```
 */
export function nStepReturns(kernels: Kernels, columns: NStepColumns, options: { readonly n: number }): Float32Array {
  const { rewards, nextValues, discounts } = columns;
  if (!Number.isInteger(options.n) || options.n < 1) {
    throw new RangeError(`Cannot sum ${options.n} steps: n must be a positive whole number`);
  }
  const truncated = columns.truncated ?? new Uint8Array(rewards.length);
  checkLengths(rewards.length, { nextValues, discounts, truncated });
  const { rowLengths } = rowsOf({ rowLengths: columns.rowLengths }, rewards.length);
  const n = Math.min(options.n, Math.max(rewards.length, 1));
  return kernels.nStepReturns(rewards, nextValues, discounts, truncated, rowLengths, n);
}
