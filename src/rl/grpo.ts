import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { rowsOf } from "./_columns.ts";
import { type PolicyColumns, type PolicyLoss, policyLoss } from "./policy_loss.ts";

/** Settings of {@link grpo} and its relatives. */
export interface GrpoOptions extends AggregationOptions {
  /** Lower clip range; default 0.2. */
  readonly clipLow?: number;
  /** Upper clip range; default `clipLow`. */
  readonly clipHigh?: number;
  /** Upper bound of the unclipped ratio, which negative advantages otherwise lack; default none. */
  readonly ratioCap?: number;
  /** Weight β of the KL to `referenceLogProbs`; default 0. */
  readonly klCoefficient?: number;
  /** Multiply the KL by the importance ratio; default false. */
  readonly klTimesRatio?: boolean;
}

/**
 * Group-relative policy optimisation: PPO's clip with advantages from `groupAdvantages`, a KL term inside the loss, and
 * every sequence counted the same.
 *
 * ```text
 * r = exp(logProb − behaviorLogProb)      l = −min(min(r, ratioCap)·A, clip(r, 1−clipLow, 1+clipHigh)·A)
 * d = referenceLogProb − logProb          loss = mean over all rows of the row's mean of (l + β(e^d − d − 1))
 * ```
 *
 * Rows without a learnable token count in the mean; `globalRows` replaces their number.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs`, `behaviorLogProbs`, `referenceLogProbs` | `[tokens]` | nats | the taken token |
 * | `advantages` A | `[tokens]` | 1 | a row's group advantage on each of its tokens |
 * | `rowLengths` | `[rows]` | tokens | where sequences end |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics.
 * @throws {ShapeError} If a column's length is not that of `logProbs`.
 * @see Shao et al., arXiv 2402.03300, equations 3 and 4.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { grpo, loadKernels } from "@eddy/eddy";
 * const { loss } = grpo(await loadKernels(), {
 *   logProbs: Float32Array.of(-1, -1, -1),
 *   behaviorLogProbs: Float32Array.of(-1, -1, -1),
 *   advantages: Float32Array.of(1, 1, -3),
 *   rowLengths: Uint32Array.of(2, 1),
 * });
 * equal(loss, (-1 + 3) / 2);
 * ```
 */
export function grpo(kernels: Kernels, columns: PolicyColumns, options: GrpoOptions = {}): PolicyLoss {
  const { rowLengths } = rowsOf(columns, columns.logProbs.length);
  const clipLow = options.clipLow ?? 0.2;
  return policyLoss(kernels, columns, {
    aggregation: "seq-mean-token-mean",
    globalRows: rowLengths.length,
    ...options,
    surrogate: "clip",
    clipLow,
    clipHigh: options.clipHigh ?? clipLow,
  });
}
