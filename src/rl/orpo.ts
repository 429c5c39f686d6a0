import type { Kernels } from "../kernels/mod.ts";
import { type PreferenceColumns, type PreferenceLoss, preferenceLoss } from "./preference_loss.ts";

/** Settings of {@link orpo}. */
export interface OrpoOptions {
  /** λ of the paper: weight of the odds ratio beside the likelihood; default 0.1. */
  readonly beta?: number;
  /** Replaces the count of pairs in the odds ratio's mean. */
  readonly globalPairs?: number;
}

/**
 * Odds-ratio preference optimisation: supervised learning of the chosen answers, with a penalty on the odds of the others.
 *
 * ```text
 * p = mean of logProb over the row, below 0      odds = p − ln(1 − e^p)
 * loss = mean over chosen tokens of −logProb − β·mean over pairs of ln σ(odds_chosen − odds_rejected)
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs` | `[tokens]` | nats | the tokens that were said |
 * | `chosen`, `rejected` | `[pairs]` | row | who won, who lost |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics: `preference` is `−ln σ`, rewards are log-odds. A row
 * whose mean log-probability is 0 has infinite odds and counts in `nonFinite`; one without a learnable token has even odds.
 * @throws {ShapeError} If lengths do not fit, or a pair names a row that is not there.
 * @see Hong et al., arXiv 2403.07691, equations 6–7.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadKernels, orpo } from "@eddy/eddy";
 * const { loss } = orpo(await loadKernels(), {
 *   logProbs: Float32Array.of(-1, -1),
 *   rowLengths: Uint32Array.of(1, 1),
 *   chosen: Uint32Array.of(0),
 *   rejected: Uint32Array.of(1),
 * }, { beta: 0.5 });
 * equal(loss.toFixed(6), (1 + 0.5 * Math.LN2).toFixed(6));
 * ```
 */
export function orpo(kernels: Kernels, columns: PreferenceColumns, options: OrpoOptions = {}): PreferenceLoss {
  return preferenceLoss(kernels, { ...columns, referenceLogProbs: undefined }, {
    pairLoss: "logistic",
    beta: 1,
    average: true,
    form: "log-odds",
    coefficient: options.beta ?? 0.1,
    nllCoefficient: 1,
    globalPairs: options.globalPairs,
  });
}
