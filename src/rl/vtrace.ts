import type { Kernels } from "../kernels/mod.ts";
import { checkLengths, type RowColumns, rowsOf } from "./_columns.ts";

/** Columns of {@link vtrace}. */
export interface VtraceColumns extends RowColumns {
  /** `[steps]`, nats: the taken action now. */
  readonly logProbs: Float32Array;
  /** `[steps]`, nats: the taken action when it was chosen. */
  readonly behaviorLogProbs: Float32Array;
  /** `[steps]`, reward. */
  readonly rewards: Float32Array;
  /** `[steps]`, reward. */
  readonly values: Float32Array;
  /** `[steps]`, reward: value of the observation that really followed. */
  readonly nextValues: Float32Array;
  /** `[steps]`: `γ·(1 − terminated)`. */
  readonly discounts: Float32Array;
}

/** Settings of {@link vtrace}. */
export interface VtraceOptions {
  /** Default 1. */
  readonly lambda?: number;
  /** Bound on the importance ratio in the value's error; decides which policy's value is learned. Default 1. */
  readonly rhoBar?: number;
  /** Bound on the importance ratio of the policy gradient. Default 1. */
  readonly policyRhoBar?: number;
}

/** What V-trace gives each step. */
export interface Vtrace {
  /** `[steps]`, reward: target minus value. */
  readonly errors: Float32Array;
  /** `[steps]`, reward: the critic's target, `values + errors`. */
  readonly targets: Float32Array;
  /** `[steps]`, reward: the return that the policy gradient compares with the value. */
  readonly q: Float32Array;
  /** `[steps]`, reward: already multiplied by the truncated ratio. */
  readonly advantages: Float32Array;
}

/**
 * V-trace: value targets and policy-gradient advantages from steps that another policy chose.
 *
 * ```text
 * ρ = exp(logProb − behaviorLogProb)      c_t = λ·min(1, ρ_t)      δ_t = min(ρ̄, ρ_t)(r_t + γ_t·v'_t − v_t)
 * e_t = δ_t + γ_t·c_t·e_{t+1}             target_t = v_t + e_t
 * q_t = r_t + γ_t(λ·target_{t+1} + (1−λ)v'_t)          A_t = min(ρ̄_pg, ρ_t)(q_t − v_t)
 * ```
 *
 * At a row's last step q uses v' alone; where the mask is 0, e is carried from the step after.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `rewards` r, `values` v, `nextValues` v' | `[steps]` | reward | per step |
 * | `discounts` γ_t | `[steps]` | 1 | 0 at a terminated step |
 *
 * @throws {ShapeError} If lengths do not fit.
 * @see Espeholt et al., arXiv 1802.01561, equations 1 and 4.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { loadKernels, vtrace } from "@eddy/eddy";
 * const { targets } = vtrace(await loadKernels(), { // on-policy: the target is the return
 *   logProbs: Float32Array.of(-1, -1),
 *   behaviorLogProbs: Float32Array.of(-1, -1),
 *   rewards: Float32Array.of(1, 2),
 *   values: Float32Array.of(0, 0.5),
 *   nextValues: Float32Array.of(0.5, 9),
 *   discounts: Float32Array.of(1, 0),
 * });
 * deepEqual([...targets], [3, 2]);
 * ```
 */
export function vtrace(kernels: Kernels, columns: VtraceColumns, options: VtraceOptions = {}): Vtrace {
  const { logProbs, behaviorLogProbs, rewards, values, nextValues, discounts } = columns;
  const steps = rewards.length;
  checkLengths(steps, { logProbs, behaviorLogProbs, values, nextValues, discounts });
  const { mask, rowLengths } = rowsOf(columns, steps);
  const [errors, q, advantages] = [new Float32Array(steps), new Float32Array(steps), new Float32Array(steps)];
  kernels.vtrace(
    logProbs,
    behaviorLogProbs,
    rewards,
    values,
    nextValues,
    discounts,
    mask,
    rowLengths,
    options.lambda ?? 1,
    options.rhoBar ?? 1,
    options.policyRhoBar ?? 1,
    errors,
    q,
    advantages,
  );
  return { errors, targets: errors.map((error, t) => error + values[t]), q, advantages };
}
