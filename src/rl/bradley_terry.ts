import type { Kernels } from "../kernels/mod.ts";
import { preferenceLoss } from "./preference_loss.ts";

/** Scores of things of which pairs were compared. */
export interface ComparedColumns {
  /** `[things]`, reward: what the model that is trained gives each. */
  readonly scores: Float32Array;
  /** `[pairs]`: the thing that was preferred … */
  readonly chosen: Uint32Array;
  /** … over this one. */
  readonly rejected: Uint32Array;
  /** `[pairs]`, reward: how far apart the two should at least be; default 0. */
  readonly margins?: Float32Array;
  /** `[pairs]`: constant factor on each pair's loss; default 1. */
  readonly weights?: Float32Array;
}

/** A loss over scores, its gradient and its metrics. */
export interface BradleyTerry {
  /** NaN or infinite when a score was. */
  readonly loss: number;
  /** `[things]`: gradient of `loss` by `scores`. */
  readonly dScores: Float32Array;
  /** What was seen on the way. */
  readonly metrics: {
    /** Share of pairs in which the chosen thing has the larger score. */
    readonly accuracy: number;
    /** Mean difference of scores. */
    readonly scoreMargin: number;
    /** Pairs whose loss or gradient is NaN or infinite. */
    readonly nonFinite: number;
  };
}

/**
 * A reward model learned from comparisons: the chance to be preferred is the logistic function of the difference.
 *
 * ```text
 * loss = mean over pairs of −(1−ε)·ln σ(x) − ε·ln σ(−x)      x = score_chosen − score_rejected − margin
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `scores` | `[things]` | reward | answers, steps or episodes |
 * | `chosen`, `rejected` | `[pairs]` | index | who won, who lost |
 *
 * @returns Loss, its gradient `[things]` by `scores`, and metrics. No pairs: 0.
 * @throws {ShapeError} If lengths do not fit, or a pair names a thing that is not there.
 * @throws {RangeError} If `labelSmoothing` is not from 0 to 1.
 * @see Bradley & Terry 1952; Ouyang et al., arXiv 2203.02155, equation 1; margins: Touvron et al., arXiv 2307.09288, equation 2.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { bradleyTerry, loadKernels } from "@eddy/eddy";
 * const pairs = { chosen: Uint32Array.of(0), rejected: Uint32Array.of(1) };
 * const { loss, dScores } = bradleyTerry(await loadKernels(), { scores: Float32Array.of(3, 3), ...pairs });
 * equal(loss.toFixed(6), Math.LN2.toFixed(6));
 * equal([...dScores].join(), "-0.5,0.5");
 * ```
 */
export function bradleyTerry(
  kernels: Kernels,
  columns: ComparedColumns,
  options: { readonly labelSmoothing?: number } = {},
): BradleyTerry {
  const { scores, ...pairs } = columns;
  const rowLengths = new Uint32Array(scores.length).fill(1);
  const { loss, dLogProbs, metrics } = preferenceLoss(kernels, { ...pairs, logProbs: scores, rowLengths }, {
    ...options,
    pairLoss: "logistic",
    beta: 1,
  });
  const { accuracy, rewardMargin, nonFinite } = metrics;
  return { loss, dScores: dLogProbs, metrics: { accuracy, scoreMargin: rewardMargin, nonFinite } };
}
