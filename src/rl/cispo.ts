import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { type PolicyColumns, type PolicyLoss, policyLoss } from "./policy_loss.ts";

/** Settings of {@link cispo}. */
export interface CispoOptions extends AggregationOptions {
  /** Ratios below `1 − clipLow` are raised to it; default none. */
  readonly clipLow?: number;
  /** Ratios above `1 + clipHigh` are lowered to it; default 4. */
  readonly clipHigh?: number;
  /** Log-ratios are clamped to ± this, in nats; default 20. */
  readonly logRatioClamp?: number;
}

/**
 * Clipped importance-sampling policy optimisation: the ratio is clipped and weighs, so no token loses its gradient.
 *
 * ```text
 * l = −sg(clip(r, 1−clipLow, 1+clipHigh))·A·logProb      loss = aggregate(l)
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | columns | `[tokens]` | | as in `ppoClip` |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics. `clipFraction` counts either side, whatever the advantage's sign; its low and high parts only the side that matters.
 * @throws {ShapeError} If a column's length is not that of `logProbs`.
 * @see MiniMax, arXiv 2506.13585, equations 4 and 5.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { cispo, loadKernels } from "@eddy/eddy";
 * const { dLogProbs } = cispo(await loadKernels(), {
 *   logProbs: Float32Array.of(0),
 *   behaviorLogProbs: Float32Array.of(-3),
 *   advantages: Float32Array.of(2),
 * }, { clipHigh: 0.5 });
 * equal(dLogProbs[0], -1.5 * 2);
 * ```
 */
export function cispo(kernels: Kernels, columns: PolicyColumns, options: CispoOptions = {}): PolicyLoss {
  return policyLoss(kernels, columns, {
    logRatioClamp: 20,
    ...options,
    surrogate: "weighted-log-prob",
    clipHigh: options.clipHigh ?? 4,
  });
}
