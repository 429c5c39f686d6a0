import { checkLengths, type RowColumns, rowsOf } from "./_columns.ts";

/** Columns of implicit rewards; a row is what is judged as one: an answer, or a step. */
export interface ImplicitRewardColumns extends RowColumns {
  /** `[tokens]`, nats: under the reward model, which is a language model itself. */
  readonly logProbs: Float32Array;
  /** `[tokens]`, nats: under its reference (PRIME: before training; iStar: the policy that acted). */
  readonly referenceLogProbs: Float32Array;
}

/** What a model's log-ratios say about rewards. */
export interface ImplicitRewards {
  /** `[tokens]`, reward of each token; 0 where the mask is. */
  readonly rewards: Float32Array;
  /** `[tokens]`, reward: sum up to and with each token of its row: the model's value of the prefix. */
  readonly prefixValues: Float32Array;
  /** `[rows]`, reward: sum over each row. */
  readonly rowRewards: Float32Array;
}

/**
 * Implicit process rewards: a model that was trained on outcomes alone already scores every token and every step.
 *
 * ```text
 * r_t = β·(logProb_t − referenceLogProb_t)        q_t = Σ_{i ≤ t} r_i = β log E_reference[exp(R/β) | y_≤t]
 * ```
 *
 * Only the sum over a row was trained: how it spreads over tokens is weakly identified, so look at {@link creditAudit}.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs`, `referenceLogProbs` | `[tokens]` | nats | of the taken token |
 * | `beta` β | | reward/nat | how much a nat is worth |
 *
 * @throws {ShapeError} If lengths do not fit.
 * @see Yuan et al., arXiv 2412.01981, proposition 3.1; Cui et al., arXiv 2502.01456 (PRIME).
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { implicitRewards } from "@eddy/eddy";
 * const { prefixValues, rowRewards } = implicitRewards({
 *   logProbs: Float32Array.of(-1, -2, -3),
 *   referenceLogProbs: Float32Array.of(-2, -2, -1),
 *   rowLengths: Uint32Array.of(2, 1),
 * }, { beta: 0.5 });
 * deepEqual([...prefixValues], [0.5, 0.5, -1]);
 * deepEqual([...rowRewards], [0.5, -1]);
 * ```
 */
export function implicitRewards(
  columns: ImplicitRewardColumns,
  { beta }: { readonly beta: number },
): ImplicitRewards {
  const { logProbs, referenceLogProbs } = columns;
  checkLengths(logProbs.length, { referenceLogProbs });
  const { mask, rowLengths } = rowsOf(columns, logProbs.length);
  const rewards = logProbs.map((logProb, t) => mask[t] ? beta * (logProb - referenceLogProbs[t]) : 0);
  const prefixValues = new Float32Array(rewards.length);
  let t = 0;
  const rowRewards = Float32Array.from(rowLengths, (length) => {
    let sum = 0;
    for (const end = t + length; t < end; t++) prefixValues[t] = sum += rewards[t];
    return sum;
  });
  return { rewards, prefixValues, rowRewards };
}
