import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { type PolicyColumns, type PolicyLoss, policyLoss } from "./policy_loss.ts";

/**
 * Direct reward optimisation: REINFORCE that is held to the policy that acted by a square, without any clip.
 *
 * ```text
 * l = −A·logProb + β/2·(logProb − behaviorLogProb)²
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | columns | `[tokens]` | | as in `ppoClip` |
 * | `beta` β | | reward per nat² | strength of the square |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics.
 * @throws {ShapeError} If a column's length is not that of `logProbs`.
 * @throws {TypeError} If `behaviorLogProbs` are absent.
 * @see Richemond et al., arXiv 2405.19107, with a given advantage for the learned value.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { dro, loadKernels } from "@eddy/eddy";
 * const { loss } = dro(await loadKernels(), {
 *   logProbs: Float32Array.of(-1),
 *   behaviorLogProbs: Float32Array.of(-3),
 *   advantages: Float32Array.of(1),
 * }, { beta: 0.5 });
 * equal(loss, 1 + 0.25 * 4);
 * ```
 */
export function dro(
  kernels: Kernels,
  columns: PolicyColumns,
  options: AggregationOptions & { readonly beta: number },
): PolicyLoss {
  if (!columns.behaviorLogProbs) throw new TypeError("Cannot compute dro: 'behaviorLogProbs' are absent");
  const { beta, ...aggregation } = options;
  return policyLoss(kernels, columns, { ...aggregation, surrogate: "quadratic", clipHigh: beta });
}
