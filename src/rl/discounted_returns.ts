import type { Kernels } from "../kernels/mod.ts";
import { ABSENT, checkLengths, type RowColumns, rowsOf } from "./_columns.ts";

/** Columns of {@link discountedReturns}. */
export interface ReturnColumns extends RowColumns {
  /** `[steps]`, reward. */
  readonly rewards: Float32Array;
  /** `[steps]`: 1 = the episode really ended here. Default all 0. */
  readonly terminated?: Uint8Array;
  /** `[rows]`, reward: value of what follows each row's last step. Default 0. */
  readonly bootstrap?: Float32Array;
}

/**
 * Discounted sum of the rewards from each step on.
 *
 * ```text
 * G_t = r_t + γ(1 − terminated_t)·G_{t+1}          after a row's last step: G = bootstrap
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `rewards` r | `[steps]` | reward | of each step |
 * | `mask` | `[steps]` | 0/1 | steps under 0 are passed over: no reward, no discount, return 0 |
 * | `bootstrap` | `[rows]` | reward | counts where a row was cut |
 *
 * @returns `[steps]`, reward. NaN at a step reaches that step and those before it in its row.
 * @throws {ShapeError} If lengths do not fit.
 * @see Sutton & Barto, "Reinforcement Learning" (2018), equation 3.9.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { discountedReturns, loadKernels } from "@eddy/eddy";
 * const returns = discountedReturns(await loadKernels(), { rewards: Float32Array.of(0, 0, 8) }, { gamma: 0.5 });
 * deepEqual([...returns], [2, 4, 8]);
 * ```
 */
export function discountedReturns(
  kernels: Kernels,
  columns: ReturnColumns,
  options: { readonly gamma: number },
): Float32Array {
  const { rewards, terminated, bootstrap } = columns;
  const { mask, rowLengths } = rowsOf(columns, rewards.length);
  checkLengths(rewards.length, { terminated });
  checkLengths(rowLengths.length, { bootstrap });
  const ended = terminated ?? new Uint8Array(0);
  return kernels.discountedReturns(rewards, mask, ended, bootstrap ?? ABSENT, rowLengths, options.gamma);
}
