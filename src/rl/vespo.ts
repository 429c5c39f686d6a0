import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { type PolicyColumns, type PolicyLoss, policyLoss } from "./policy_loss.ts";
import { sequenceLogRatios } from "./sequence_log_ratios.ts";

/** Settings of {@link vespo}: shape of the kernel for advantages of at least 0, and for those below. */
export interface VespoOptions extends AggregationOptions {
  /** k where A ≥ 0; default 2. */
  readonly kPositive?: number;
  /** λ where A ≥ 0; default 3. */
  readonly lambdaPositive?: number;
  /** k where A < 0; default 3. */
  readonly kNegative?: number;
  /** λ where A < 0; default 2. */
  readonly lambdaNegative?: number;
}

/**
 * Variational sequence-level soft policy optimisation: a smooth weight on the whole row's ratio that falls off on both sides.
 *
 * ```text
 * X = clamp(Σ_t (logProb − behaviorLogProb), ln 1e-8, 20)      W = e^X
 * φ = W^k·e^{λ(1 − W)}, 1 at W = 1      l = −sg(φ)·A·logProb
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | columns | `[tokens]` | | as in `ppoClip`, with one advantage a row |
 * | k, λ | | 1 | growth below, decay above W = k/λ |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics.
 * @throws {ShapeError} If a column's length is not that of `logProbs`.
 * @throws {TypeError} If `behaviorLogProbs` are absent.
 * @see VESPO, arXiv 2602.10693; the form is that of TRL's `vespo` loss.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadKernels, vespo } from "@eddy/eddy";
 * const { loss } = vespo(await loadKernels(), {
 *   logProbs: Float32Array.of(-1, -3),
 *   behaviorLogProbs: Float32Array.of(-2, -2), // the row's ratio is 1
 *   advantages: Float32Array.of(1, 1),
 * });
 * equal(loss, (1 + 3) / 2);
 * ```
 */
export function vespo(kernels: Kernels, columns: PolicyColumns, options: VespoOptions = {}): PolicyLoss {
  const { behaviorLogProbs, advantages, scales } = columns;
  if (!behaviorLogProbs) throw new TypeError("Cannot compute vespo: 'behaviorLogProbs' are absent");
  const { kPositive = 2, lambdaPositive = 3, kNegative = 3, lambdaNegative = 2, ...aggregation } = options;
  const sums = sequenceLogRatios(kernels, { ...columns, behaviorLogProbs }, { mean: false });
  const weights = sums.map((sum, t) => {
    const [k, lambda] = advantages[t] < 0 ? [kNegative, lambdaNegative] : [kPositive, lambdaPositive];
    const x = Math.min(Math.max(sum, Math.log(1e-8)), 20);
    return Math.exp(k * x + lambda * (1 - Math.exp(x))) * (scales?.[t] ?? 1);
  });
  return policyLoss(kernels, { ...columns, scales: weights }, { ...aggregation, surrogate: "log-prob" });
}
