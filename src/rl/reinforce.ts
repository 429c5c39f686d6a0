import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { type PolicyColumns, type PolicyLoss, policyLoss } from "./policy_loss.ts";

/**
 * REINFORCE: raises the log-probability of what turned out better than its baseline.
 *
 * ```text
 * loss = aggregate(−A·logProb)      A = return − baseline, made before and constant
 * ```
 *
 * Where `behaviorLogProbs` are given the importance ratio is reported, not used.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs` | `[tokens]` | nats | the taken token |
 * | `advantages` A | `[tokens]` | reward | return minus baseline |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics.
 * @throws {ShapeError} If a column's length is not that of `logProbs`.
 * @see Williams (1992), "Simple statistical gradient-following algorithms", theorem 1.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadKernels, reinforce } from "@eddy/eddy";
 * const columns = { logProbs: Float32Array.of(-2), advantages: Float32Array.of(0.5) };
 * const { loss, dLogProbs } = reinforce(await loadKernels(), columns);
 * equal(loss, 1);
 * equal(dLogProbs[0], -0.5);
 * ```
 */
export function reinforce(kernels: Kernels, columns: PolicyColumns, options: AggregationOptions = {}): PolicyLoss {
  return policyLoss(kernels, columns, { ...options, surrogate: "log-prob" });
}
