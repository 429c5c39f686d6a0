import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { checkLengths, type RowColumns } from "./_columns.ts";
import { importanceWeights } from "./importance_weights.ts";
import { klEstimate } from "./kl_estimate.ts";
import { type PolicyLoss, type PolicyMetrics } from "./policy_loss.ts";
import { reinforce } from "./reinforce.ts";

/** Columns of {@link distillOnPolicy}. */
export interface OnPolicyDistillationColumns extends RowColumns {
  /** `[tokens]`, nats: the student's own tokens under the student now. */
  readonly logProbs: Float32Array;
  /** `[tokens]`, nats: the same tokens under the teacher. */
  readonly teacherLogProbs: Float32Array;
  /** `[tokens]`, nats: under the student when it said them; absent: now. */
  readonly behaviorLogProbs?: Float32Array;
}

/** Settings of {@link distillOnPolicy}. */
export interface OnPolicyDistillationOptions extends AggregationOptions {
  /** Reward per nat; default 1. */
  readonly coefficient?: number;
  /** Largest importance weight, where `behaviorLogProbs` are given; default 2. */
  readonly weightCap?: number;
}

/** A policy loss whose metrics also say how far the teacher is. */
export interface OnPolicyDistillation extends PolicyLoss {
  /** What was seen on the way. */
  readonly metrics: PolicyMetrics & {
    /** Mean of `logProb − teacherLogProb`, nats: estimate of KL(student‖teacher). */
    readonly reverseKl: number;
  };
}

/**
 * On-policy distillation: the student speaks, the teacher says of each token how likely it was, and the gap is the reward.
 * Only the teacher's log-probability of the tokens is needed, not its distribution.
 *
 * ```text
 * A = coefficient·(teacherLogProb − logProb), a constant      w = min(exp(logProb − behaviorLogProb), weightCap)
 * loss = aggregate(−w·A·logProb)
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs`, `teacherLogProbs`, `behaviorLogProbs` | `[tokens]` | nats | tokens that the student sampled |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics. All masked: loss 0.
 * @throws {ShapeError} If a column's length is not that of `logProbs`.
 * @see Gu et al., arXiv 2306.08543, token by token; Thinking Machines, "On-policy distillation" (2025).
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { distillOnPolicy, loadKernels } from "@eddy/eddy";
 * const columns = { logProbs: Float32Array.of(-1), teacherLogProbs: Float32Array.of(-3) };
 * const { dLogProbs, metrics } = distillOnPolicy(await loadKernels(), columns);
 * equal(dLogProbs[0], 2); // the teacher would hardly say it: make it less likely
 * equal(metrics.reverseKl, 2);
 * ```
 */
export function distillOnPolicy(
  kernels: Kernels,
  columns: OnPolicyDistillationColumns,
  options: OnPolicyDistillationOptions = {},
): OnPolicyDistillation {
  const { logProbs, teacherLogProbs, behaviorLogProbs, mask, rowLengths } = columns;
  const { coefficient = 1, weightCap = 2, ...aggregation } = options;
  checkLengths(logProbs.length, { teacherLogProbs, behaviorLogProbs });
  const pair = { logProbs, referenceLogProbs: teacherLogProbs, mask };
  const { values: gaps } = klEstimate(kernels, pair, { estimator: "k1" });
  const rows = { logProbs, mask, rowLengths };
  const scales = behaviorLogProbs &&
    importanceWeights(kernels, { ...rows, behaviorLogProbs }, { highest: weightCap }).weights;
  const advantages = gaps.map((gap) => -coefficient * gap);
  const { metrics, ...rest } = reinforce(kernels, { ...rows, behaviorLogProbs, advantages, scales }, aggregation);
  const reverseKl = gaps.reduce((sum, gap) => sum + gap, 0) / Math.max(metrics.tokens, 1);
  return { ...rest, metrics: { ...metrics, reverseKl } };
}
