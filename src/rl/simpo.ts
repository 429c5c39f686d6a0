import type { Kernels } from "../kernels/mod.ts";
import {
  type PreferenceColumns,
  type PreferenceLoss,
  preferenceLoss,
  type PreferenceOptions,
} from "./preference_loss.ts";

/** Settings of {@link simpo}. */
export interface SimpoOptions extends PreferenceOptions {
  /** Reward per nat of mean log-probability; default 2. */
  readonly beta?: number;
  /** γ: how far the chosen reward should stand above the other; default 1. */
  readonly margin?: number;
  /** ε: how often judgements are believed to be wrong; default 0. */
  readonly labelSmoothing?: number;
}

/**
 * Simple preference optimisation: no reference; the reward is the mean log-probability, so long answers gain nothing.
 *
 * ```text
 * p = mean of logProb over the row      x = β·(p_chosen − p_rejected) − margin
 * loss = mean over pairs of −(1−ε)·ln σ(x) − ε·ln σ(−x)
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs` | `[tokens]` | nats | the tokens that were said |
 * | `chosen`, `rejected` | `[pairs]` | row | who won, who lost |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics. `referenceLogProbs` are not used.
 * @throws {ShapeError} If lengths do not fit, or a pair names a row that is not there.
 * @throws {RangeError} If `beta` or `labelSmoothing` is outside what the formula allows.
 * @see Meng et al., arXiv 2405.14734, equation 6.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadKernels, simpo } from "@eddy/eddy";
 * const { loss } = simpo(await loadKernels(), {
 *   logProbs: Float32Array.of(-1, -1, -1.5), // means −1 and −1.5
 *   rowLengths: Uint32Array.of(2, 1),
 *   chosen: Uint32Array.of(0),
 *   rejected: Uint32Array.of(1),
 * }, { beta: 2, margin: 1 });
 * equal(loss.toFixed(6), Math.LN2.toFixed(6)); // 2·0.5 − 1 = 0
 * ```
 */
export function simpo(kernels: Kernels, columns: PreferenceColumns, options: SimpoOptions = {}): PreferenceLoss {
  return preferenceLoss(kernels, { ...columns, referenceLogProbs: undefined }, {
    beta: 2,
    margin: 1,
    ...options,
    pairLoss: "logistic",
    average: true,
  });
}
