import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { type PolicyColumns, type PolicyLoss, policyLoss } from "./policy_loss.ts";

/** Settings of {@link sapo}. */
export interface SapoOptions extends AggregationOptions {
  /** Steepness where the advantage is positive; default 1. */
  readonly tauPositive?: number;
  /** Steepness elsewhere; default 1.05. */
  readonly tauNegative?: number;
}

/**
 * Soft adaptive policy optimisation: a sigmoid gate in place of PPO's hard clip.
 *
 * ```text
 * l = −A·4/τ·sigmoid(τ(r − 1))      τ = tauPositive where A > 0, else tauNegative
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | columns | `[tokens]` | | as in `ppoClip` |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics. Default aggregation: `seq-mean-token-mean`.
 * @throws {ShapeError} If a column's length is not that of `logProbs`.
 * @see Gao et al., arXiv 2511.20347, equation 5.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadKernels, sapo } from "@eddy/eddy";
 * const columns = { logProbs: Float32Array.of(-1), advantages: Float32Array.of(3) };
 * equal(sapo(await loadKernels(), columns).dLogProbs[0], -3); // at r = 1 the gradient is REINFORCE's
 * ```
 */
export function sapo(kernels: Kernels, columns: PolicyColumns, options: SapoOptions = {}): PolicyLoss {
  const { tauPositive = 1, tauNegative = 1.05, ...aggregation } = options;
  return policyLoss(kernels, columns, {
    aggregation: "seq-mean-token-mean",
    logRatioClamp: 20,
    ...aggregation,
    surrogate: "sigmoid",
    clipLow: tauPositive,
    clipHigh: tauNegative,
  });
}
