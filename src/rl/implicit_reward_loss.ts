import { checkLengths, rowsOf } from "./_columns.ts";
import { type ImplicitRewardColumns, implicitRewards } from "./implicit_rewards.ts";

/** Columns of {@link implicitRewardLoss}. */
export interface ImplicitOutcomeColumns extends ImplicitRewardColumns {
  /** `[rows]`, in [0, 1]: how each row turned out. */
  readonly outcomes: Float32Array;
}

/** A loss of a model of rewards and its gradient. */
export interface ImplicitRewardLoss {
  /** Mean over rows. */
  readonly loss: number;
  /** `[tokens]`: gradient of `loss` by `logProbs`; 0 where the mask is 0. */
  readonly dLogProbs: Float32Array;
  /** Share of rows whose reward has the sign of the outcome. */
  readonly accuracy: number;
}

/**
 * Trains a model of implicit rewards on outcomes: the sum over a row is the logit of having been right.
 *
 * ```text
 * R = β Σ_t m·(logProb − referenceLogProb)      loss = −mean [ o·log σ(R) + (1 − o)·log σ(−R) ]
 * ∂loss/∂logProb_t = β (σ(R) − o) / rows
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs`, `referenceLogProbs` | `[tokens]` | nats | of the taken token |
 * | `outcomes` o | `[rows]` | 1 | 1 right, 0 wrong |
 *
 * Rows without a learnable token have R = 0: they count in the loss and learn nothing. Without rows the loss is 0.
 *
 * @throws {ShapeError} If lengths do not fit.
 * @see Yuan et al., arXiv 2412.01981 (the cross-entropy form); Cui et al., arXiv 2502.01456 (PRIME).
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { implicitRewardLoss } from "@eddy/eddy";
 * const { loss, dLogProbs } = implicitRewardLoss({
 *   logProbs: Float32Array.of(-1),
 *   referenceLogProbs: Float32Array.of(-1),
 *   outcomes: Float32Array.of(1),
 * }, { beta: 2 });
 * equal(loss, Math.log(2)); // R = 0
 * equal(dLogProbs[0], -1); // 2 (1/2 − 1)
 * ```
 */
export function implicitRewardLoss(
  columns: ImplicitOutcomeColumns,
  options: { readonly beta: number },
): ImplicitRewardLoss {
  const { mask, rowLengths } = rowsOf(columns, columns.logProbs.length);
  const { rowRewards } = implicitRewards(columns, options);
  const rows = rowLengths.length;
  checkLengths(rows, { outcomes: columns.outcomes });
  const dLogProbs = new Float32Array(mask.length);
  let [loss, right, t] = [0, 0, 0];
  rowRewards.forEach((reward, row) => {
    const outcome = columns.outcomes[row];
    loss += (softplus(-reward) * outcome + softplus(reward) * (1 - outcome)) / rows;
    right += Number(reward > 0 === outcome > 0.5);
    const slope = options.beta * (1 / (1 + Math.exp(-reward)) - outcome) / rows;
    for (const end = t + rowLengths[row]; t < end; t++) dLogProbs[t] = mask[t] ? slope : 0;
  });
  return { loss, dLogProbs, accuracy: rows === 0 ? 0 : right / rows };
}

/** log(1 + eˣ) = −log σ(−x) without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
