import type { Kernels } from "../kernels/mod.ts";
import { checkLengths } from "./_columns.ts";
import { type JudgedColumns, type JudgedLoss, judgedLoss } from "./judged_loss.ts";

/** Columns of {@link kto}. */
export interface KtoColumns extends JudgedColumns {
  /**
   * Answers given to other rows' questions, each as one sum over its tokens, for the estimate of how far the policy is from
   * the reference; absent: the estimate is 0, which is APO-zero for single judgements.
   */
  readonly mismatched?: {
    /** `[answers]`, nats. */
    readonly logProbs: Float32Array;
    /** `[answers]`, nats. */
    readonly referenceLogProbs: Float32Array;
  };
}

/** Settings of {@link kto}. */
export interface KtoOptions {
  /** How strongly the policy is held to the reference; default 0.1. */
  readonly beta?: number;
  /** Weight of what is good; default 1. Weights times counts of the two classes should be about equal. */
  readonly weightGood?: number;
  /** Weight of what is bad; default 1. */
  readonly weightBad?: number;
  /** Replaces the count of rows. */
  readonly globalRows?: number;
}

/**
 * Kahneman–Tversky optimisation: learning from single judgements, with a value that saturates on both sides.
 *
 * ```text
 * h = Σ_t (logProb − referenceLogProb)      z = max(0, mean over mismatched answers of logProb − referenceLogProb)
 * loss = mean over rows of weightGood·(1 − σ(β(h − z))) where good, weightBad·(1 − σ(β(z − h))) where bad
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs`, `referenceLogProbs` | `[tokens]` | nats | the tokens that were said |
 * | `labels` | `[rows]` | 0 to 1 | 1 = good, 0 = bad |
 * | `mismatched` | `[answers]` | nats | at least 16, or z is noise; constants |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics, z among them as `baseline`.
 * @throws {ShapeError} If lengths do not fit.
 * @throws {TypeError} If `referenceLogProbs` are absent.
 * @throws {RangeError} If `beta` is not above 0, or a label is not from 0 to 1.
 * @see Ethayarajh et al., arXiv 2402.01306, §4; without z: D'Oosterlinck et al., arXiv 2408.06266.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { kto, loadKernels } from "@eddy/eddy";
 * const { loss, metrics } = kto(await loadKernels(), {
 *   logProbs: Float32Array.of(-1),
 *   referenceLogProbs: Float32Array.of(-3),
 *   labels: Float32Array.of(1),
 *   mismatched: { logProbs: Float32Array.of(-4), referenceLogProbs: Float32Array.of(-6) },
 * });
 * equal(metrics.baseline, 2);
 * equal(loss, 0.5); // no further from the reference than answers to other questions are
 * ```
 */
export function kto(kernels: Kernels, columns: KtoColumns, options: KtoOptions = {}): JudgedLoss {
  if (!columns.referenceLogProbs) throw new TypeError("Cannot compute kto: 'referenceLogProbs' are absent");
  return judgedLoss(kernels, columns, { beta: 0.1, ...options, kind: "saturating", baseline: distance(columns) });
}

/** Mean log-ratio of the mismatched answers, not below 0; NaN stays NaN. */
function distance({ mismatched }: KtoColumns): number {
  if (!mismatched || mismatched.logProbs.length === 0) return 0;
  const { logProbs, referenceLogProbs } = mismatched;
  checkLengths(logProbs.length, { "mismatched.referenceLogProbs": referenceLogProbs });
  const sum = logProbs.reduce((sum, logProb, i) => sum + logProb - referenceLogProbs[i], 0);
  return Math.max(0, sum / logProbs.length);
}
