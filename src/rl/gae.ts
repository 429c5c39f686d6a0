import type { Kernels } from "../kernels/mod.ts";
import { checkLengths, rowsOf } from "./_columns.ts";

/** Columns of {@link gae}: steps of several rows, one row after the other. */
export interface GaeColumns {
  /** `[steps]`, reward. */
  readonly rewards: Float32Array;
  /** `[steps]`, reward: value of the observation before each step. */
  readonly values: Float32Array;
  /** `[steps]`, reward: value of the observation that really followed; not read where terminated. */
  readonly nextValues: Float32Array;
  /** `[steps]`: 1 = the episode really ended here. */
  readonly terminated: Uint8Array;
  /** `[steps]`: 1 = the episode was cut here; the value after it still counts. Default all 0. */
  readonly truncated?: Uint8Array;
  /** `[rows]`; default one row. */
  readonly rowLengths?: Uint32Array;
}

/** Settings of the discount and of the trace. */
export interface TraceOptions {
  /** Discount per step. */
  readonly gamma: number;
  /** 0 = one-step error, 1 = Monte-Carlo. */
  readonly lambda: number;
}

/** What each step was worth. */
export interface Advantages {
  /** `[steps]`, reward. */
  readonly advantages: Float32Array;
  /** `[steps]`, reward: targets for the critic. */
  readonly returns: Float32Array;
}

/**
 * Generalised advantage estimation: an exponentially weighted mean of all n-step advantages.
 *
 * ```text
 * δ_t = r_t + γ(1 − terminated_t)·nextValue_t − v_t
 * A_t = δ_t + γλ(1 − terminated_t)(1 − truncated_t)·A_{t+1}          return_t = A_t + v_t
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `rewards` r, `values` v, `nextValues` | `[steps]` | reward | per decision, not per token |
 * | `terminated`, `truncated` | `[steps]` | 0/1 | ended (no bootstrap) / cut (bootstrap, trace stops) |
 *
 * @returns `advantages` and `returns`, both `[steps]`. NaN at a step reaches that step and those before it in its row.
 * @throws {ShapeError} If a column's length is not that of `rewards`, or `rowLengths` do not add up to it.
 * @see Schulman et al., arXiv 1506.02438, equation 16.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { gae, loadKernels } from "@eddy/eddy";
 * const { advantages } = gae(await loadKernels(), {
 *   rewards: Float32Array.of(0, 1),
 *   values: Float32Array.of(0.5, 0.5),
 *   nextValues: Float32Array.of(0.5, 9), // the 9 is not read: the episode ended
 *   terminated: Uint8Array.of(0, 1),
 * }, { gamma: 1, lambda: 1 });
 * deepEqual([...advantages], [0.5, 0.5]);
 * ```
 */
export function gae(kernels: Kernels, columns: GaeColumns, options: TraceOptions): Advantages {
  const { rewards, values, nextValues, terminated } = columns;
  const steps = rewards.length;
  const truncated = columns.truncated ?? new Uint8Array(steps);
  checkLengths(steps, { values, nextValues, terminated, truncated });
  const { rowLengths } = rowsOf(columns, steps);
  const advantages = new Float32Array(steps);
  const returns = new Float32Array(steps);
  kernels.gae(
    rewards,
    values,
    nextValues,
    terminated,
    truncated,
    rowLengths,
    options.gamma,
    options.lambda,
    advantages,
    returns,
  );
  return { advantages, returns };
}
