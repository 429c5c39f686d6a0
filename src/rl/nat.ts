import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { checkLengths, type RowColumns, rowsOf } from "./_columns.ts";
import { nll } from "./nll.ts";
import { rowsToTokens } from "./rows_to_tokens.ts";

/** Columns of {@link nat}. */
export interface NatColumns extends RowColumns {
  /** `[tokens]`, nats: log-probability of each token, after the marker that says what kind of row it is. */
  readonly logProbs: Float32Array;
  /** `[rows]`: not 0 where the trajectory succeeded. */
  readonly success: Uint8Array;
}

/** Settings of {@link nat}. */
export interface NatOptions extends AggregationOptions {
  /** Weight of failed rows; default 1, as in the paper. 0 leaves them out of the loss, not out of its denominator. */
  readonly failureWeight?: number;
}

/** A negative-aware loss, its gradient and its metrics. */
export interface Nat {
  /** NaN or infinite when an input at a learnable token was. */
  readonly loss: number;
  /** `[tokens]`: gradient of `loss` by `logProbs`; 0 where the mask is 0. */
  readonly dLogProbs: Float32Array;
  /** What was seen on the way. */
  readonly metrics: {
    /** The part of the loss that successful rows make. */
    readonly successLoss: number;
    /** The part that failed rows make. */
    readonly failureLoss: number;
    /** Learnable tokens whose loss is NaN or infinite. */
    readonly nonFinite: number;
  };
}

/**
 * Negative-aware training: successful and failed trajectories are both imitated, each under a marker in its prompt that
 * says which it is, and at inference the marker of success is given. The marker makes the difference, not the sign.
 *
 * ```text
 * loss = aggregate(−c·logProb)      c = 1 on successful rows, failureWeight on the others
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs` | `[tokens]` | nats | given the marker; masked: prompt, marker, observations |
 * | `success` | `[rows]` | 0/1 | which marker the row has |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics. All masked: loss 0.
 * @throws {ShapeError} If lengths do not fit.
 * @see Wang et al., arXiv 2402.11651, §3.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadKernels, nat } from "@eddy/eddy";
 * const { loss, metrics } = nat(await loadKernels(), {
 *   logProbs: Float32Array.of(-1, -3),
 *   rowLengths: Uint32Array.of(1, 1),
 *   success: Uint8Array.of(1, 0),
 * });
 * equal(loss, 2);
 * equal(metrics.failureLoss, 1.5);
 * ```
 */
export function nat(kernels: Kernels, columns: NatColumns, options: NatOptions = {}): Nat {
  const { logProbs, success } = columns;
  const { mask, rowLengths } = rowsOf(columns, logProbs.length);
  checkLengths(rowLengths.length, { success });
  const { failureWeight = 1, ...aggregation } = options;
  const part = (ofSuccess: number, ofFailure: number) => {
    const weights = rowsToTokens(Float32Array.from(success, (s) => s ? ofSuccess : ofFailure), rowLengths);
    return nll(kernels, { logProbs, weights, mask, rowLengths }, aggregation);
  };
  const { loss, dLogProbs, metrics } = part(1, failureWeight);
  const [successLoss, failureLoss] = [part(1, 0).loss, part(0, failureWeight).loss];
  return { loss, dLogProbs, metrics: { successLoss, failureLoss, nonFinite: metrics.nonFinite } };
}
