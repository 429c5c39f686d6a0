import type { Kernels } from "../kernels/mod.ts";
import { gspo, type GspoOptions } from "./gspo.ts";
import type { PolicyColumns, PolicyLoss } from "./policy_loss.ts";

/**
 * Length-unbiased sequence policy optimisation: GSPO whose rows weigh as much as they are long, so that each token counts
 * the same.
 *
 * ```text
 * s = exp(mean over the row of (logProb − behaviorLogProb))
 * loss = mean over rows of n·max(−A·s, −A·clip(s, 1−clipLow, 1+clipHigh))      n = learnable tokens of the row
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | columns | `[tokens]` | | as in `gspo` |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics. Rows without a learnable token are not counted unless `globalRows` says so.
 * @throws {ShapeError} If a column's length is not that of `logProbs`.
 * @throws {TypeError} If `behaviorLogProbs` are absent.
 * @see LUSPO, arXiv 2602.05261; the form is that of TRL's `luspo` loss.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadKernels, luspo } from "@eddy/eddy";
 * const { loss } = luspo(await loadKernels(), {
 *   logProbs: Float32Array.of(-1, -3, -1),
 *   behaviorLogProbs: Float32Array.of(-2, -2, -1), // both rows have ratio 1
 *   advantages: Float32Array.of(2, 2, -1),
 *   rowLengths: Uint32Array.of(2, 1),
 * });
 * equal(loss, (2 * -2 + 1 * 1) / 2);
 * ```
 */
export function luspo(kernels: Kernels, columns: PolicyColumns, options: GspoOptions = {}): PolicyLoss {
  return gspo(kernels, columns, { aggregation: "seq-mean-token-sum", ...options });
}
