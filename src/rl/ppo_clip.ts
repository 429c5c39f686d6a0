import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { type PolicyColumns, type PolicyLoss, policyLoss } from "./policy_loss.ts";

/** Settings of {@link ppoClip}. */
export interface PpoClipOptions extends AggregationOptions {
  /** Lower clip range; default 0.2. */
  readonly clipLow?: number;
  /** Upper clip range; default `clipLow`. Larger than `clipLow` is "clip-higher". */
  readonly clipHigh?: number;
  /** Bound `c > 1` on `−A·r` for negative advantages; default none. */
  readonly dualClip?: number;
  /** Log-ratios are clamped to ± this, in nats; default 20. */
  readonly logRatioClamp?: number;
  /** Weight of the KL to `referenceLogProbs`; default 0. */
  readonly klCoefficient?: number;
}

/**
 * Proximal policy optimisation: a surrogate whose gradient stops where the policy has moved far enough.
 *
 * ```text
 * x = clamp(logProb − behaviorLogProb, ±logRatioClamp)      r = eˣ
 * l = max(−A·r, −A·clip(r, 1−clipLow, 1+clipHigh)),  and where A < 0 with dual clip: l = min(l, −A·dualClip)
 * loss = aggregate(l)      ∂l/∂logProb = −A·r where no bound acts, else 0
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs`, `behaviorLogProbs` | `[tokens]` | nats | the taken token, now and when it was chosen |
 * | `advantages` A | `[tokens]` | reward | constants |
 * | `mask` | `[tokens]` | 0/1 | learnable tokens |
 * | `rowLengths` | `[rows]` | tokens | where sequences end |
 *
 * @param columns One batch, packed.
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics. NaN input gives a NaN loss and `nonFinite > 0`.
 * @throws {ShapeError} If a column's length is not that of `logProbs`.
 * @see Schulman et al., arXiv 1707.06347, equation 7; dual clip: Ye et al., arXiv 1912.09729, equation 5.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadKernels, ppoClip } from "@eddy/eddy";
 * const { loss, dLogProbs } = ppoClip(await loadKernels(), {
 *   logProbs: Float32Array.of(-1, 0),
 *   behaviorLogProbs: Float32Array.of(-1, -1), // ratios 1 and e: the second is clipped to 1.2
 *   advantages: Float32Array.of(1, 1),
 * });
 * equal(loss.toFixed(4), ((-1 - 1.2) / 2).toFixed(4));
 * equal([...dLogProbs].join(), "-0.5,0");
 * ```
 */
export function ppoClip(kernels: Kernels, columns: PolicyColumns, options: PpoClipOptions = {}): PolicyLoss {
  const clipLow = options.clipLow ?? 0.2;
  return policyLoss(kernels, columns, {
    ...options,
    surrogate: "clip",
    clipLow,
    clipHigh: options.clipHigh ?? clipLow,
    logRatioClamp: options.logRatioClamp ?? 20,
  });
}
