import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { ABSENT, aggregationArguments, checkLengths, type RowColumns, rowsOf } from "./_columns.ts";

/** Columns of {@link nll}. */
export interface NllColumns extends RowColumns {
  /** `[tokens]`, nats: log-probability of each token that should have been taken. */
  readonly logProbs: Float32Array;
  /** `[tokens]`: constant weight of each token; default 1. Not part of the denominator. */
  readonly weights?: Float32Array;
}

/** A negative log-likelihood, its gradient and its metrics. */
export interface Nll {
  /** NaN or infinite when an input at a learnable token was. */
  readonly loss: number;
  /** `[tokens]`: gradient of `loss` by `logProbs`; 0 where the mask is 0. */
  readonly dLogProbs: Float32Array;
  /** What was seen on the way. */
  readonly metrics: {
    /** Learnable tokens whose loss is NaN or infinite. */
    readonly nonFinite: number;
  };
}

/**
 * Negative log-likelihood of demonstrated tokens, each with its own weight: supervised learning, filtered imitation, or
 * advantage-weighted regression, as the weights say.
 *
 * ```text
 * loss = aggregate(−weight·logProb)
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs` | `[tokens]` | nats | the demonstrated token under the policy |
 * | `weights` | `[tokens]` | 1 | constants, may be negative |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics. All masked: loss 0.
 * @throws {ShapeError} If a column's length is not that of `logProbs`.
 * @see Bishop, "Pattern Recognition and Machine Learning" (2006), equation 4.108, for one-hot targets.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadKernels, nll } from "@eddy/eddy";
 * const { loss, dLogProbs } = nll(await loadKernels(), { logProbs: Float32Array.of(-1, -3) });
 * equal(loss, 2);
 * equal([...dLogProbs].join(), "-0.5,-0.5");
 * ```
 */
export function nll(kernels: Kernels, columns: NllColumns, options: AggregationOptions = {}): Nll {
  const { logProbs, weights } = columns;
  checkLengths(logProbs.length, { weights });
  const { mask, rowLengths } = rowsOf(columns, logProbs.length);
  const dLogProbs = new Float32Array(logProbs.length);
  const [loss, nonFinite] = kernels.nll(
    logProbs,
    weights ?? ABSENT,
    mask,
    rowLengths,
    ...aggregationArguments(options),
    dLogProbs,
  );
  return { loss, dLogProbs, metrics: { nonFinite } };
}
