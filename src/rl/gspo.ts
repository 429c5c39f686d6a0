import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { type PolicyColumns, type PolicyLoss, policyLoss } from "./policy_loss.ts";
import { sequenceLogRatios } from "./sequence_log_ratios.ts";

/** Settings of {@link gspo}. */
export interface GspoOptions extends AggregationOptions {
  /** Lower clip range of the sequence's ratio; default 0.0003. */
  readonly clipLow?: number;
  /** Upper clip range; default 0.0004. */
  readonly clipHigh?: number;
}

/**
 * Group sequence policy optimisation: the ratio, and so the clip, belongs to the whole sequence.
 *
 * ```text
 * s = exp(mean over the row of (logProb − behaviorLogProb))      l = max(−A·s, −A·clip(s, 1−clipLow, 1+clipHigh))
 * ```
 *
 * Tokens of a row weigh the same in every aggregation, so the gradient by each is `−w·A·s` where no bound acts.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | columns | `[tokens]` | | as in `ppoClip`, with one advantage a row |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics of the sequence ratios. Default aggregation: `seq-mean-token-mean`.
 * @throws {ShapeError} If a column's length is not that of `logProbs`.
 * @throws {TypeError} If `behaviorLogProbs` are absent.
 * @see Zheng et al., arXiv 2507.18071, equations 5–7.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { gspo, loadKernels } from "@eddy/eddy";
 * const { loss } = gspo(await loadKernels(), {
 *   logProbs: Float32Array.of(-1, -3),
 *   behaviorLogProbs: Float32Array.of(-2, -2), // one up, one down: the sequence's ratio is 1
 *   advantages: Float32Array.of(2, 2),
 * });
 * equal(loss, -2);
 * ```
 */
export function gspo(kernels: Kernels, columns: PolicyColumns, options: GspoOptions = {}): PolicyLoss {
  const { behaviorLogProbs } = columns;
  if (!behaviorLogProbs) throw new TypeError("Cannot compute gspo: 'behaviorLogProbs' are absent");
  const logRatios = sequenceLogRatios(kernels, { ...columns, behaviorLogProbs }, { mean: true });
  return policyLoss(kernels, { ...columns, logRatios }, {
    aggregation: "seq-mean-token-mean",
    clipLow: 0.0003,
    clipHigh: 0.0004,
    ...options,
    surrogate: "clip",
    logRatioClamp: [-Infinity, 10],
  });
}
