import type { Kernels } from "../kernels/mod.ts";
import { checkLengths, type RowColumns, rowsOf } from "./_columns.ts";

/**
 * One log-ratio per row, on each of its learnable tokens, for objectives whose unit is the whole sequence.
 *
 * ```text
 * X_b = Σ_t m·(logProb − behaviorLogProb), with `mean` divided by Σ_t m
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs`, `behaviorLogProbs` | `[tokens]` | nats | the taken token |
 * | `rowLengths` | `[rows]` | tokens | where sequences end |
 *
 * @returns `[tokens]`, nats: `logRatios` of a policy loss; 0 where the mask is 0.
 * @throws {ShapeError} If lengths do not fit.
 * @see Zheng et al., arXiv 2507.18071, equation 7.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { loadKernels, sequenceLogRatios } from "@eddy/eddy";
 * const columns = { logProbs: Float32Array.of(1, 3), behaviorLogProbs: Float32Array.of(0, 0) };
 * deepEqual([...sequenceLogRatios(await loadKernels(), columns, { mean: true })], [2, 2]);
 * ```
 */
export function sequenceLogRatios(
  kernels: Kernels,
  columns: RowColumns & { readonly logProbs: Float32Array; readonly behaviorLogProbs: Float32Array },
  options: { readonly mean: boolean },
): Float32Array {
  const { logProbs, behaviorLogProbs } = columns;
  checkLengths(logProbs.length, { behaviorLogProbs });
  const { mask, rowLengths } = rowsOf(columns, logProbs.length);
  return kernels.sequenceLogRatios(logProbs, behaviorLogProbs, mask, rowLengths, options.mean);
}
