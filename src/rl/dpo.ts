import type { Kernels } from "../kernels/mod.ts";
import {
  type PreferenceColumns,
  type PreferenceLoss,
  preferenceLoss,
  type PreferenceOptions,
  type ScoreForm,
} from "./preference_loss.ts";

/** Settings of {@link dpo}. */
export interface DpoOptions extends PreferenceOptions {
  /** How strongly the policy is held to the reference; default 0.1. */
  readonly beta?: number;
  /** ε: how often judgements are believed to be wrong; default 0. Above 0 the loss is conservative (cDPO) … */
  readonly labelSmoothing?: number;
  /** … or, when this is true, unbiased under that noise (robust DPO); default false. */
  readonly robust?: boolean;
  /** The divergence that holds the policy to the reference; default `log-ratio`, the reverse KL. */
  readonly form?: ScoreForm;
}

/**
 * Direct preference optimisation: the reward that a judge would need to have to prefer as it did is the policy's own
 * log-ratio to its reference. For single steps of an episode, each row is one step and both rows share its context.
 *
 * ```text
 * D = Σ_t (logProb − referenceLogProb) of the chosen row − the same of the rejected one
 * loss = mean over pairs of −(1−ε)·ln σ(β·D) − ε·ln σ(−β·D)
 * robust: (−(1−ε)·ln σ(β·D) + ε·ln σ(−β·D))/(1 − 2ε)
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs`, `referenceLogProbs` | `[tokens]` | nats | the tokens that were said |
 * | `chosen`, `rejected` | `[pairs]` | row | who won, who lost |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics; rewards are `β·log-ratio`.
 * @throws {ShapeError} If lengths do not fit, or a pair names a row that is not there.
 * @throws {TypeError} If `referenceLogProbs` are absent.
 * @throws {RangeError} If `beta` or `labelSmoothing` is outside what the formula allows.
 * @see Rafailov et al., arXiv 2305.18290, equation 7; robust: Chowdhury et al., arXiv 2403.00409, §3; other
 * divergences: Wang et al., arXiv 2309.16240, §4.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { dpo, loadKernels } from "@eddy/eddy";
 * const { loss, dLogProbs } = dpo(await loadKernels(), {
 *   logProbs: Float32Array.of(-1, -2),
 *   referenceLogProbs: Float32Array.of(-1, -2), // at the reference D = 0
 *   rowLengths: Uint32Array.of(1, 1),
 *   chosen: Uint32Array.of(0),
 *   rejected: Uint32Array.of(1),
 * }, { beta: 0.5 });
 * equal(loss.toFixed(6), Math.LN2.toFixed(6));
 * equal([...dLogProbs].join(), "-0.25,0.25"); // ∓β/2
 * ```
 */
export function dpo(kernels: Kernels, columns: PreferenceColumns, options: DpoOptions = {}): PreferenceLoss {
  if (!columns.referenceLogProbs) throw new TypeError("Cannot compute dpo: 'referenceLogProbs' are absent");
  const { beta = 0.1, robust = false, ...rest } = options;
  return preferenceLoss(kernels, columns, { ...rest, beta, pairLoss: robust ? "robust" : "logistic" });
}
