import type { Kernels } from "../kernels/mod.ts";
import {
  type PreferenceColumns,
  type PreferenceLoss,
  preferenceLoss,
  type PreferenceOptions,
} from "./preference_loss.ts";

/** Settings of {@link ipo}. */
export interface IpoOptions extends PreferenceOptions {
  /** τ of the paper: how strongly the policy is held to the reference; default 0.1. */
  readonly beta?: number;
  /** Rows count by the mean over their tokens (as TRL has it) or by the sum (as OpenRLHF has it); default true. */
  readonly average?: boolean;
}

/**
 * Identity preference optimisation: the gap between the two rows is drawn to a fixed one, so that certain judgements do
 * not push it without end.
 *
 * ```text
 * loss = mean over pairs of (h_chosen − h_rejected − 1/(2β))²      h = mean (or sum) of logProb − referenceLogProb
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | columns | | | as in `dpo` |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics; rewards are `β·h`.
 * @throws {ShapeError} If lengths do not fit, or a pair names a row that is not there.
 * @throws {TypeError} If `referenceLogProbs` are absent.
 * @throws {RangeError} If `beta` is not above 0.
 * @see Azar et al., arXiv 2310.12036, equation 17.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { ipo, loadKernels } from "@eddy/eddy";
 * const { loss } = ipo(await loadKernels(), {
 *   logProbs: Float32Array.of(-1, -2),
 *   referenceLogProbs: Float32Array.of(-2, -2),
 *   rowLengths: Uint32Array.of(1, 1),
 *   chosen: Uint32Array.of(0),
 *   rejected: Uint32Array.of(1),
 * }, { beta: 0.25 });
 * equal(loss, (1 - 2) ** 2);
 * ```
 */
export function ipo(kernels: Kernels, columns: PreferenceColumns, options: IpoOptions = {}): PreferenceLoss {
  if (!columns.referenceLogProbs) throw new TypeError("Cannot compute ipo: 'referenceLogProbs' are absent");
  return preferenceLoss(kernels, columns, {
    beta: 0.1,
    average: true,
    ...options,
    pairLoss: "squared",
    margin: 0.5, // x/β = h_chosen − h_rejected − 0.5/β
  });
}
