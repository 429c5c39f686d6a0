import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { type RowColumns, rowsOf } from "./_columns.ts";
import { type EntropyBonus, entropyBonus } from "./entropy_bonus.ts";
import { type PolicyLoss, policyLoss } from "./policy_loss.ts";
import { type ValueLoss, valueLoss } from "./value_loss.ts";

/** Columns of {@link a2c}. */
export interface A2cColumns extends RowColumns {
  /** `[steps]`, nats: the taken action. */
  readonly logProbs: Float32Array;
  /** `[steps]`, nats: entropy of the distribution it was taken from. */
  readonly entropies: Float32Array;
  /** `[steps]`, reward: the critic. */
  readonly values: Float32Array;
  /** `[steps]`, reward: what followed, for example n-step returns; constants. */
  readonly returns: Float32Array;
  /** `[steps]`: constant factor on each step's losses; default 1. */
  readonly scales?: Float32Array;
}

/** Settings of {@link a2c}. */
export interface A2cOptions extends AggregationOptions {
  /** Weight of the critic's loss; default 0.5. */
  readonly valueCoefficient?: number;
  /** Weight of the entropy; default 0.01. */
  readonly entropyCoefficient?: number;
}

/** The three losses in one, and the gradients that a policy's `backward` takes. */
export interface A2c {
  /** NaN or infinite when an input at a learnable token was. */
  readonly loss: number;
  /** `[steps]`: gradient of `loss` by `logProbs`. */
  readonly dLogProbs: Float32Array;
  /** `[steps]`: gradient of `loss` by `entropies`. */
  readonly dEntropies: Float32Array;
  /** `[steps]`: gradient of `loss` by `values`; none flows through the advantage. */
  readonly dValues: Float32Array;
  /** What was seen on the way. */
  readonly metrics: {
    readonly policy: PolicyLoss["metrics"];
    readonly value: ValueLoss["metrics"] & { readonly loss: number };
    readonly entropy: EntropyBonus["metrics"];
  };
}

/**
 * Advantage actor-critic: REINFORCE against the critic, the critic's own loss, and an entropy bonus.
 *
 * ```text
 * A = G − v, constant
 * loss = aggregate(−A·logProb) + valueCoefficient·½·aggregate((G − v)²) − entropyCoefficient·aggregate(H)
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs`, `entropies` H | `[steps]` | nats | of each decision |
 * | `values` v, `returns` G | `[steps]` | reward | critic and its target |
 *
 * @returns Loss, its three gradients, each `[steps]`, and metrics.
 * @throws {ShapeError} If a column's length is not that of `logProbs`.
 * @see Mnih et al., arXiv 1602.01783, §4.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { a2c, loadKernels } from "@eddy/eddy";
 * const { loss, dValues } = a2c(await loadKernels(), {
 *   logProbs: Float32Array.of(-1),
 *   entropies: Float32Array.of(2),
 *   values: Float32Array.of(1),
 *   returns: Float32Array.of(3),
 * }, { valueCoefficient: 0.5, entropyCoefficient: 0.25 });
 * equal(loss, 2 * 1 + 0.5 * 0.5 * 4 - 0.25 * 2);
 * equal(dValues[0], 0.5 * (1 - 3));
 * ```
 */
export function a2c(kernels: Kernels, columns: A2cColumns, options: A2cOptions = {}): A2c {
  const { logProbs, entropies, values, returns, scales } = columns;
  const rows = rowsOf(columns, logProbs.length);
  const advantages = returns.map((target, t) => target - values[t]);
  const policy = policyLoss(kernels, { logProbs, advantages, scales, ...rows }, { ...options, surrogate: "log-prob" });
  const value = valueLoss(kernels, { values, returns, scales, ...rows }, options);
  const coefficient = options.entropyCoefficient ?? 0.01;
  const entropy = entropyBonus(kernels, { entropies, scales, ...rows }, { ...options, coefficient });
  const weight = options.valueCoefficient ?? 0.5;
  return {
    loss: policy.loss + weight * value.loss + entropy.loss,
    dLogProbs: policy.dLogProbs,
    dEntropies: entropy.dEntropies,
    dValues: value.dValues.map((slope) => weight * slope),
    metrics: { policy: policy.metrics, value: { ...value.metrics, loss: value.loss }, entropy: entropy.metrics },
  };
}
