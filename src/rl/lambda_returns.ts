import type { Kernels } from "../kernels/mod.ts";
import { checkLengths, rowsOf } from "./_columns.ts";
import type { GaeColumns, TraceOptions } from "./gae.ts";

/**
 * λ-returns: the targets of TD(λ), a mean of all n-step returns.
 *
 * ```text
 * G_t = r_t + γ(1 − terminated_t)·((1−λ)·nextValue_t + λ·G_{t+1})
 * ```
 *
 * At a truncation and at a row's last step `G_{t+1}` is the next value. λ = 0 gives one-step targets, λ = 1 Monte-Carlo.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `rewards` r, `nextValues` | `[steps]` | reward | per step |
 * | `terminated`, `truncated` | `[steps]` | 0/1 | ended / cut |
 *
 * @returns `[steps]`, reward.
 * @throws {ShapeError} If lengths do not fit.
 * @see Sutton & Barto (2018), equation 12.18.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { lambdaReturns, loadKernels } from "@eddy/eddy";
 * const returns = lambdaReturns(await loadKernels(), {
 *   rewards: Float32Array.of(1, 1),
 *   nextValues: Float32Array.of(4, 8),
 *   terminated: Uint8Array.of(0, 1),
 * }, { gamma: 1, lambda: 0.5 });
 * deepEqual([...returns], [1 + 0.5 * 4 + 0.5 * 1, 1]);
 * ```
 */
export function lambdaReturns(
  kernels: Kernels,
  columns: Omit<GaeColumns, "values">,
  options: TraceOptions,
): Float32Array {
  const { rewards, nextValues, terminated } = columns;
  const truncated = columns.truncated ?? new Uint8Array(rewards.length);
  checkLengths(rewards.length, { nextValues, terminated, truncated });
  const { rowLengths } = rowsOf({ rowLengths: columns.rowLengths }, rewards.length);
  const { gamma, lambda } = options;
  return kernels.lambdaReturns(rewards, nextValues, terminated, truncated, rowLengths, gamma, lambda);
}
