import type { Kernels } from "../kernels/mod.ts";
import {
  type PreferenceColumns,
  type PreferenceLoss,
  preferenceLoss,
  type PreferenceOptions,
} from "./preference_loss.ts";

/** Settings of {@link slic}. */
export interface SlicOptions extends PreferenceOptions {
  /** Reward per nat; default 1. */
  readonly beta?: number;
  /** δ: how far the chosen reward should stand above the other; default 1. */
  readonly margin?: number;
}

/**
 * Sequence likelihood calibration: a hinge, so a pair that is far enough apart is left alone.
 *
 * ```text
 * s = Σ_t logProb [− referenceLogProb]
 * loss = mean over pairs of max(0, margin − β·(s_chosen − s_rejected)) + nllCoefficient·mean over pairs of −Σ_t logProb_chosen
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | columns | | | as in `dpo`; the reference is used when it is there |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics.
 * @throws {ShapeError} If lengths do not fit, or a pair names a row that is not there.
 * @throws {RangeError} If `beta` is not above 0.
 * @see Zhao et al., arXiv 2305.10425, equation 1, with the likelihood of the chosen answer as regulariser.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadKernels, slic } from "@eddy/eddy";
 * const { loss } = slic(await loadKernels(), {
 *   logProbs: Float32Array.of(-1, -1.5),
 *   rowLengths: Uint32Array.of(1, 1),
 *   chosen: Uint32Array.of(0),
 *   rejected: Uint32Array.of(1),
 * }, { nllCoefficient: 0.5 });
 * equal(loss, 1 - 0.5 + 0.5 * 1);
 * ```
 */
export function slic(kernels: Kernels, columns: PreferenceColumns, options: SlicOptions = {}): PreferenceLoss {
  return preferenceLoss(kernels, columns, {
    beta: 1,
    margin: 1,
    ...options,
    pairLoss: "hinge",
    nllOver: "pairs",
  });
}
