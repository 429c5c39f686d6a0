import type { Kernels } from "../kernels/mod.ts";
import { checkLengths, rowsOf } from "./_columns.ts";
import { type PolicyColumns, type PolicyLoss, policyLoss } from "./policy_loss.ts";
import { rowsToTokens } from "./rows_to_tokens.ts";
import { sequenceLogRatios } from "./sequence_log_ratios.ts";

/** Columns of {@link rloo}: tokens, with one advantage a row. */
export interface RlooColumns extends Omit<PolicyColumns, "logRatios" | "scales" | "referenceLogProbs"> {
  /** `[rows]`: constants, from `groupAdvantages` with the baseline `others`. */
  readonly advantages: Float32Array;
  /** `[tokens]`, nats: the taken token when it was chosen. */
  readonly behaviorLogProbs: Float32Array;
}

/** Settings of {@link rloo}. */
export interface RlooOptions {
  /** Lower clip range of the sequence's ratio; default 0.2. */
  readonly clipLow?: number;
  /** Upper clip range; default `clipLow`. */
  readonly clipHigh?: number;
}

/**
 * REINFORCE leave-one-out with a clipped ratio: the whole answer is one action, so its ratio is the product of its tokens'.
 *
 * ```text
 * s = exp(Σ_t m·(logProb − behaviorLogProb))      loss = mean over rows of −min(s·A, clip(s, 1−clipLow, 1+clipHigh)·A)
 * ∂loss/∂logProb_t = −A·s/rows on every learnable token of a row where no bound acts
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs`, `behaviorLogProbs` | `[tokens]` | nats | the taken token, now and when it was chosen |
 * | `advantages` A | `[rows]` | reward | reward minus the mean of the others |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics whose unit is the row.
 * @throws {ShapeError} If lengths do not fit.
 * @see Ahmadian et al., arXiv 2402.14740, equation 8, with PPO's clip on the sequence.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadKernels, rloo } from "@eddy/eddy";
 * const { dLogProbs } = rloo(await loadKernels(), {
 *   logProbs: Float32Array.of(-1, -2),
 *   behaviorLogProbs: Float32Array.of(-2, -1), // the product of the ratios is 1
 *   advantages: Float32Array.of(3),
 * });
 * equal([...dLogProbs].join(), "-3,-3");
 * ```
 */
export function rloo(kernels: Kernels, columns: RlooColumns, options: RlooOptions = {}): PolicyLoss {
  const { logProbs, advantages } = columns;
  const { mask, rowLengths } = rowsOf(columns, logProbs.length);
  checkLengths(rowLengths.length, { advantages });
  const perToken = sequenceLogRatios(kernels, columns, { mean: false });
  const logRatios = new Float32Array(rowLengths.length);
  let start = 0;
  rowLengths.forEach((length, row) => {
    const first = mask.subarray(start, start + length).findIndex((m) => m !== 0);
    if (first >= 0) logRatios[row] = perToken[start + first];
    start += length;
  });
  const clipLow = options.clipLow ?? 0.2;
  const { loss, dLogProbs, metrics } = policyLoss(kernels, { logProbs: logRatios, logRatios, advantages }, {
    surrogate: "clip",
    clipLow,
    clipHigh: options.clipHigh ?? clipLow,
  });
  const slopes = rowsToTokens(dLogProbs, rowLengths);
  return { loss, dLogProbs: slopes.map((slope, t) => mask[t] ? slope : 0), metrics };
}
