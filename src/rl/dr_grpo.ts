import type { Kernels } from "../kernels/mod.ts";
import { grpo, type GrpoOptions } from "./grpo.ts";
import type { PolicyColumns, PolicyLoss } from "./policy_loss.ts";

/**
 * GRPO done right: a fixed length in place of each answer's own, so that long wrong answers are not spared.
 *
 * ```text
 * loss = Σ m·(l + β·kl) / (rows · maxLength)      l and kl as in `grpo`
 * ```
 *
 * Pair it with advantages that are centred and not divided by a deviation (`groupAdvantages` with `scale: "none"`).
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | columns | `[tokens]` | | as in `grpo` |
 * | `maxLength` | | tokens | the longest answer that is allowed |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics.
 * @throws {ShapeError} If a column's length is not that of `logProbs`.
 * @see Liu et al., arXiv 2503.20783, §3.2.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { drGrpo, loadKernels } from "@eddy/eddy";
 * const { loss } = drGrpo(await loadKernels(), {
 *   logProbs: Float32Array.of(-1, -1, -1),
 *   behaviorLogProbs: Float32Array.of(-1, -1, -1),
 *   advantages: Float32Array.of(1, 1, -3),
 *   rowLengths: Uint32Array.of(2, 1),
 * }, { maxLength: 4 });
 * equal(loss, (-2 + 3) / (2 * 4));
 * ```
 */
export function drGrpo(
  kernels: Kernels,
  columns: PolicyColumns,
  options: GrpoOptions & { readonly maxLength: number },
): PolicyLoss {
  return grpo(kernels, columns, { aggregation: "seq-mean-token-sum-norm", norm: options.maxLength, ...options });
}
