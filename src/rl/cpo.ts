import type { Kernels } from "../kernels/mod.ts";
import {
  type PreferenceColumns,
  type PreferenceLoss,
  preferenceLoss,
  type PreferenceOptions,
} from "./preference_loss.ts";

/** Settings of {@link cpo}. */
export interface CpoOptions extends PreferenceOptions {
  /** Reward per nat; default 0.1. */
  readonly beta?: number;
  /** ε: how often judgements are believed to be wrong; default 0. */
  readonly labelSmoothing?: number;
}

/**
 * Contrastive preference optimisation: DPO without a reference, held by the likelihood of the chosen answers instead.
 *
 * ```text
 * x = β·(Σ_t logProb of the chosen row − the same of the rejected one)
 * loss = mean over pairs of (−(1−ε)·ln σ(x) − ε·ln σ(−x)) + nllCoefficient·mean over chosen tokens of −logProb
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs` | `[tokens]` | nats | the tokens that were said |
 * | `chosen`, `rejected` | `[pairs]` | row | who won, who lost |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics. `nllCoefficient` is 1 unless given.
 * @throws {ShapeError} If lengths do not fit, or a pair names a row that is not there.
 * @throws {RangeError} If `beta` or `labelSmoothing` is outside what the formula allows.
 * @see Xu et al., arXiv 2401.08417, §3; with the NLL of its authors' code.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { cpo, loadKernels } from "@eddy/eddy";
 * const { loss } = cpo(await loadKernels(), {
 *   logProbs: Float32Array.of(-1, -1),
 *   rowLengths: Uint32Array.of(1, 1),
 *   chosen: Uint32Array.of(0),
 *   rejected: Uint32Array.of(1),
 * });
 * equal(loss.toFixed(6), (Math.LN2 + 1).toFixed(6));
 * ```
 */
export function cpo(kernels: Kernels, columns: PreferenceColumns, options: CpoOptions = {}): PreferenceLoss {
  return preferenceLoss(kernels, { ...columns, referenceLogProbs: undefined }, {
    beta: 0.1,
    nllCoefficient: 1,
    ...options,
    pairLoss: "logistic",
  });
}
