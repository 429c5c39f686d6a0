import type { Kernels } from "../kernels/mod.ts";
import { checkLengths, type RowColumns, rowsOf } from "./_columns.ts";
import type { Advantages } from "./gae.ts";

/** Columns of {@link upgo}. */
export interface UpgoColumns extends Pick<RowColumns, "rowLengths"> {
  /** `[steps]`, reward. */
  readonly rewards: Float32Array;
  /** `[steps]`, reward: of what was seen. */
  readonly values: Float32Array;
  /** `[steps]`, reward: of what was seen next. */
  readonly nextValues: Float32Array;
  /** `[steps]`: `γ·(1 − terminated)`; default all 1. Give a 0 where an episode ended. */
  readonly discounts?: Float32Array;
  /** `[steps]`: policy now over policy then, usually cut at 1; default all 1. */
  readonly importanceRatios?: Float32Array;
}

/**
 * Upgoing policy update: learns from what went better than expected and leaves what went worse to the value.
 *
 * ```text
 * G_t = r_t + γ_t·(G_{t+1} if r_{t+1} + γ_{t+1}·v'_{t+1} ≥ v'_t else v'_t)      at a row's last step r_t + γ_t·v'_t
 * A_t = ρ_t·(G_t − v_t)
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `rewards` r, `values` v, `nextValues` v' | `[steps]` | reward | per step |
 * | `discounts` γ_t | `[steps]` | 1 | 0 at a terminated step |
 * | `importanceRatios` ρ | `[steps]` | 1 | of the taken action |
 *
 * @returns `advantages` and `returns`, both `[steps]`; give the advantages to {@link reinforce}.
 * @throws {ShapeError} If lengths do not fit.
 * @see Vinyals et al. 2019, doi 10.1038/s41586-019-1724-z, methods, "upgoing policy update".
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { loadKernels, upgo } from "@eddy/eddy";
 * const { returns } = upgo(await loadKernels(), {
 *   rewards: Float32Array.of(0, 1, 2),
 *   values: Float32Array.of(0, 1, 5),
 *   nextValues: Float32Array.of(1, 5, 0),
 * });
 * deepEqual([...returns], [6, 6, 2]); // the last step earned 2 where 5 was expected: its return is not passed on
 * ```
 */
export function upgo(kernels: Kernels, columns: UpgoColumns): Advantages {
  const { rewards, values, nextValues, importanceRatios } = columns;
  const steps = rewards.length;
  const discounts = columns.discounts ?? new Float32Array(steps).fill(1);
  checkLengths(steps, { values, nextValues, discounts, importanceRatios });
  const { rowLengths } = rowsOf(columns, steps);
  const returns = kernels.upgo(rewards, nextValues, discounts, rowLengths);
  const advantages = returns.map((value, t) => (importanceRatios?.[t] ?? 1) * (value - values[t]));
  return { advantages, returns };
}
