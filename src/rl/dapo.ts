import type { Kernels } from "../kernels/mod.ts";
import { grpo, type GrpoOptions } from "./grpo.ts";
import type { PolicyColumns, PolicyLoss } from "./policy_loss.ts";

/**
 * DAPO's loss: GRPO with a higher upper clip, which lets rare tokens grow, and every token counted the same.
 *
 * ```text
 * loss = Σ m·l / globalTokens      l as in `grpo` with clipLow 0.2, clipHigh 0.28
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | columns | `[tokens]` | | as in `grpo` |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics.
 * @throws {ShapeError} If a column's length is not that of `logProbs`.
 * @see Yu et al., arXiv 2503.14476, equation 8.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { dapo, loadKernels } from "@eddy/eddy";
 * const { loss } = dapo(await loadKernels(), {
 *   logProbs: Float32Array.of(0),
 *   behaviorLogProbs: Float32Array.of(-1),
 *   advantages: Float32Array.of(1),
 * });
 * equal(loss.toFixed(4), "-1.2800");
 * ```
 */
export function dapo(kernels: Kernels, columns: PolicyColumns, options: GrpoOptions = {}): PolicyLoss {
  return grpo(kernels, columns, { clipLow: 0.2, clipHigh: 0.28, aggregation: "token-mean", ...options });
}
