import type { Kernels } from "../kernels/mod.ts";
import { ABSENT, checkLengths, type RowColumns, rowsOf } from "./_columns.ts";

/** Rows (answers, steps, episodes) that were judged one by one. */
export interface JudgedColumns extends RowColumns {
  /** `[tokens]`, nats: log-probability of each token under the policy that is trained. */
  readonly logProbs: Float32Array;
  /** `[tokens]`, nats: the same under the reference; absent: 0. */
  readonly referenceLogProbs?: Float32Array;
  /** `[rows]`, from 0 (bad) to 1 (good). */
  readonly labels: Float32Array;
  /** `[rows]`: constant factor on each row's loss; default 1. Not part of the denominator. */
  readonly weights?: Float32Array;
}

/** Constants of {@link judgedLoss}. */
export interface JudgedLossOptions {
  /** `saturating`: 1 − σ(x), which lets go of rows that are far off; `cross-entropy`: −ln σ(x), which does not. */
  readonly kind: "saturating" | "cross-entropy";
  /** Reward per nat; above 0. */
  readonly beta: number;
  /** z: the log-ratio that is neither good nor bad, nats; default 0. */
  readonly baseline?: number;
  /** Weight of what is good; default 1. */
  readonly weightGood?: number;
  /** Weight of what is bad; default 1. */
  readonly weightBad?: number;
  /** A row counts by the mean over its tokens, not by their sum; default false. */
  readonly average?: boolean;
  /** Replaces the count of rows: gradients of several calls then add up to one large batch's. */
  readonly globalRows?: number;
}

/** A judged loss, its gradient and its metrics. */
export interface JudgedLoss {
  /** NaN or infinite when an input at a learnable token was. */
  readonly loss: number;
  /** `[tokens]`: gradient of `loss` by `logProbs`; 0 where the mask is 0. */
  readonly dLogProbs: Float32Array;
  /** What was seen on the way. */
  readonly metrics: {
    /** Mean `β·h` of good rows; 0 without any. */
    readonly goodReward: number;
    /** Mean `β·h` of bad rows; 0 without any. */
    readonly badReward: number;
    /** Share of rows that stand on their label's side of the baseline. */
    readonly accuracy: number;
    /** The baseline z, nats. */
    readonly baseline: number;
    /** Rows whose loss or gradient is NaN or infinite; above 0 the update must be skipped. */
    readonly nonFinite: number;
  };
}

/**
 * The general loss over single judgements (right or wrong, thumbs up or down) that `kto` and `implicitRewardLoss` are
 * settings of.
 *
 * ```text
 * h = Σ_t m·(logProb − referenceLogProb) [/ Σ_t m]      x = β·(h − z)      f(x) = 1 − σ(x)  or  −ln σ(x)
 * loss = mean over rows of weight·(y·weightGood·f(x) + (1−y)·weightBad·f(−x))
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs`, `referenceLogProbs` | `[tokens]` | nats | the tokens that were said |
 * | `labels` y | `[rows]` | 0 to 1 | how good the row was found |
 * | `baseline` z | | nats | constant |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics. All masked: loss 0.
 * @throws {ShapeError} If lengths do not fit.
 * @throws {RangeError} If `beta` is not above 0, or a label is not from 0 to 1.
 * @see Ethayarajh et al., arXiv 2402.01306, §4; cross-entropy: Cui et al., arXiv 2502.01456.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { judgedLoss, loadKernels } from "@eddy/eddy";
 * const { loss, dLogProbs } = judgedLoss(await loadKernels(), {
 *   logProbs: Float32Array.of(-1, -1),
 *   referenceLogProbs: Float32Array.of(-1, -1),
 *   labels: Float32Array.of(1, 0),
 *   rowLengths: Uint32Array.of(1, 1),
 * }, { kind: "saturating", beta: 1 });
 * equal(loss, 0.5);
 * equal([...dLogProbs].join(), "-0.125,0.125"); // ∓σ'(0)/2
 * ```
 */
export function judgedLoss(kernels: Kernels, columns: JudgedColumns, options: JudgedLossOptions): JudgedLoss {
  const { logProbs, referenceLogProbs, labels, weights } = columns;
  const { beta, baseline = 0 } = options;
  checkLengths(logProbs.length, { referenceLogProbs });
  const { mask, rowLengths } = rowsOf(columns, logProbs.length);
  checkLengths(rowLengths.length, { labels, weights });
  if (!(beta > 0 && beta < Infinity)) throw new RangeError(`Cannot use beta '${beta}': it must be above 0`);
  const wrong = labels.find((label) => !(label >= 0 && label <= 1));
  if (wrong !== undefined) throw new RangeError(`Cannot use label '${wrong}': it must be from 0 (bad) to 1 (good)`);
  const dLogProbs = new Float32Array(logProbs.length);
  const [loss, goodReward, badReward, accuracy, nonFinite] = kernels.judgedLoss(
    logProbs,
    referenceLogProbs ?? ABSENT,
    mask,
    rowLengths,
    labels,
    weights ?? ABSENT,
    options.kind === "cross-entropy",
    options.average ?? false,
    beta,
    baseline,
    options.weightGood ?? 1,
    options.weightBad ?? 1,
    options.globalRows ?? 0,
    dLogProbs,
  );
  return { loss, dLogProbs, metrics: { goodReward, badReward, accuracy, baseline, nonFinite } };
}
