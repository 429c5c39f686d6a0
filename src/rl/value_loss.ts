import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { ABSENT, aggregationArguments, checkLengths, type RowColumns, rowsOf } from "./_columns.ts";

/** Columns of {@link valueLoss}. */
export interface ValueColumns extends RowColumns {
  /** `[tokens]`, reward: predictions of the critic that is trained. */
  readonly values: Float32Array;
  /** `[tokens]`, reward: what to predict; constants. */
  readonly returns: Float32Array;
  /** `[tokens]`, reward: predictions when it acted; absent: no clipping. */
  readonly oldValues?: Float32Array;
  /** `[tokens]`: constant factor on each token's loss; default 1. */
  readonly scales?: Float32Array;
}

/** Settings of {@link valueLoss}. */
export interface ValueLossOptions extends AggregationOptions {
  /** How far a value may usefully move from `oldValues`, in reward; default no bound. */
  readonly clipRange?: number;
}

/** A value loss, its gradient and its metrics. */
export interface ValueLoss {
  /** NaN or infinite when an input at a learnable token was. */
  readonly loss: number;
  /** `[tokens]`: gradient of `loss` by `values`; 0 where the mask is 0. */
  readonly dValues: Float32Array;
  /** What was seen on the way. */
  readonly metrics: {
    /** Learnable tokens. */
    readonly tokens: number;
    /** Share of tokens whose clipped error was the larger one. */
    readonly clipFraction: number;
    /** `1 − Var(G − v)/Var(G)`; 0 when returns do not vary. */
    readonly explainedVariance: number;
    /** Learnable tokens whose loss or gradient is NaN or infinite. */
    readonly nonFinite: number;
  };
}

/**
 * Squared error of a critic, with PPO's clip around the values it had when it acted.
 *
 * ```text
 * c = clamp(v, vOld − clipRange, vOld + clipRange)     loss = ½·aggregate(max((v − G)², (c − G)²))
 * ∂/∂v = w·(v − G) where the first is the larger, else 0
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `values` v, `oldValues` vOld | `[tokens]` | reward | prediction now and when it acted |
 * | `returns` G | `[tokens]` | reward | target, constant |
 *
 * @returns Loss, its gradient `[tokens]` by `values`, and metrics.
 * @throws {ShapeError} If a column's length is not that of `values`.
 * @see Schulman et al., arXiv 1707.06347, equation 9; the clip is that of the PPO reference code.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadKernels, valueLoss } from "@eddy/eddy";
 * const { loss, dValues } = valueLoss(await loadKernels(), {
 *   values: Float32Array.of(1, 3),
 *   returns: Float32Array.of(2, 1),
 * });
 * equal(loss, 0.5 * (1 + 4) / 2);
 * equal([...dValues].join(), "-0.5,1");
 * ```
 */
export function valueLoss(kernels: Kernels, columns: ValueColumns, options: ValueLossOptions = {}): ValueLoss {
  const { values, returns, oldValues, scales } = columns;
  checkLengths(values.length, { returns, oldValues, scales });
  const { mask, rowLengths } = rowsOf(columns, values.length);
  const dValues = new Float32Array(values.length);
  const [loss, tokens, clipFraction, explainedVariance, nonFinite] = kernels.valueLoss(
    values,
    oldValues ?? ABSENT,
    returns,
    scales ?? ABSENT,
    mask,
    rowLengths,
    ...aggregationArguments(options),
    options.clipRange ?? Infinity,
    dValues,
  );
  return { loss, dValues, metrics: { tokens, clipFraction, explainedVariance, nonFinite } };
}
