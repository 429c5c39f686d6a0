import type { Kernels } from "../kernels/mod.ts";
import { type JudgedColumns, type JudgedLoss, judgedLoss } from "./judged_loss.ts";

/** Settings of {@link implicitRewardLoss}. */
export interface ImplicitRewardOptions {
  /** Reward per nat; default 0.05. */
  readonly beta?: number;
  /** The logit is the mean over the row's tokens, not their sum; default false. */
  readonly average?: boolean;
  /** Replaces the count of rows. */
  readonly globalRows?: number;
}

/**
 * Trains a language model as a reward model from outcomes alone: its log-ratio to the reference, summed over a row, is the
 * logit of success. Single tokens or steps then have rewards for nothing; see `implicitRewards`.
 *
 * ```text
 * x = β·Σ_t m·(logProb − referenceLogProb)      loss = mean over rows of −y·ln σ(x) − (1−y)·ln σ(−x)
 * ```
 *
 * Only the sum is learned: how it is divided among the tokens of a row is weakly determined.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs`, `referenceLogProbs` | `[tokens]` | nats | under the reward model and under its reference |
 * | `labels` y | `[rows]` | 0 to 1 | outcome |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics.
 * @throws {ShapeError} If lengths do not fit.
 * @throws {TypeError} If `referenceLogProbs` are absent.
 * @throws {RangeError} If `beta` is not above 0, or a label is not from 0 to 1.
 * @see Yuan et al., arXiv 2412.01981; Cui et al. (PRIME), arXiv 2502.01456.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { implicitRewardLoss, loadKernels } from "@eddy/eddy";
 * const { dLogProbs } = implicitRewardLoss(await loadKernels(), {
 *   logProbs: Float32Array.of(-1, -2),
 *   referenceLogProbs: Float32Array.of(-1, -2),
 *   labels: Float32Array.of(1),
 * }, { beta: 0.5 });
 * equal([...dLogProbs].join(), "-0.25,-0.25"); // β·(σ(0) − 1) on every token
 * ```
 */
export function implicitRewardLoss(
  kernels: Kernels,
  columns: JudgedColumns,
  options: ImplicitRewardOptions = {},
): JudgedLoss {
  if (!columns.referenceLogProbs) {
    throw new TypeError("Cannot compute implicitRewardLoss: 'referenceLogProbs' are absent");
  }
  return judgedLoss(kernels, columns, { beta: 0.05, ...options, kind: "cross-entropy" });
}
