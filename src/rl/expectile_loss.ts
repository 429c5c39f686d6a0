import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { ABSENT, aggregationArguments, checkLengths, type RowColumns, rowsOf } from "./_columns.ts";

/** Columns of {@link expectileLoss}. */
export interface ExpectileColumns extends RowColumns {
  /** `[tokens]`, reward: predictions that are trained. */
  readonly values: Float32Array;
  /** `[tokens]`, reward: what was seen, usually the value of the taken action; constants. */
  readonly targets: Float32Array;
  /** `[tokens]`: constant factor on each token's loss; default 1. */
  readonly scales?: Float32Array;
}

/** Settings of {@link expectileLoss}. */
export interface ExpectileOptions extends AggregationOptions {
  /** τ: 0.5 asks for the mean, near 1 for the best that was seen; default 0.7. */
  readonly expectile?: number;
}

/** An expectile loss, its gradient and its metrics. */
export interface ExpectileLoss {
  /** NaN or infinite when an input at a learnable token was. */
  readonly loss: number;
  /** `[tokens]`: gradient of `loss` by `values`; 0 where the mask is 0. */
  readonly dValues: Float32Array;
  /** What was seen on the way. */
  readonly metrics: {
    /** Learnable tokens whose loss is NaN or infinite. */
    readonly nonFinite: number;
  };
}

/**
 * Asymmetric squared error: the value of the best that the data does, without asking for an action it never took.
 *
 * ```text
 * d = target − value      loss = aggregate(|τ − [d < 0]|·d²)
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `values`, `targets` | `[tokens]` | reward | prediction, and what was seen |
 *
 * Implicit Q-learning: this with `targets` = q of the taken action, `actionValueLoss` against `reward + γ·value'`, and
 * `nll` under `advantageWeights` of `q − value`.
 *
 * @returns Loss, its gradient `[tokens]` by `values`, and metrics. All masked: loss 0.
 * @throws {ShapeError} If a column's length is not that of `values`.
 * @throws {RangeError} If `expectile` is not between 0 and 1.
 * @see Kostrikov et al., arXiv 2110.06169, equation 5.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { expectileLoss, loadKernels } from "@eddy/eddy";
 * const columns = { values: Float32Array.of(0, 0), targets: Float32Array.of(2, -2) };
 * const { loss, dValues } = expectileLoss(await loadKernels(), columns, { expectile: 0.75 });
 * equal(loss, (0.75 * 4 + 0.25 * 4) / 2);
 * equal([...dValues].join(), "-1.5,0.5");
 * ```
 */
export function expectileLoss(
  kernels: Kernels,
  columns: ExpectileColumns,
  options: ExpectileOptions = {},
): ExpectileLoss {
  const { values, targets, scales } = columns;
  const { expectile = 0.7 } = options;
  checkLengths(values.length, { targets, scales });
  const { mask, rowLengths } = rowsOf(columns, values.length);
  if (!(expectile > 0 && expectile < 1)) {
    throw new RangeError(`Cannot use expectile '${expectile}': it must be between 0 and 1`);
  }
  const dValues = new Float32Array(values.length);
  const [loss, nonFinite] = kernels.expectileLoss(
    values,
    targets,
    scales ?? ABSENT,
    mask,
    rowLengths,
    ...aggregationArguments(options),
    expectile,
    dValues,
  );
  return { loss, dValues, metrics: { nonFinite } };
}
