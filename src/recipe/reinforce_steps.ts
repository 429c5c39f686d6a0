import type { Kernels } from "../kernels/mod.ts";
import type { Policy, Trajectory, UpdateOptions } from "../policy/mod.ts";
import { type PolicyMetrics, ppoClip, rowsToTokens, valueLoss } from "../rl/mod.ts";

/** What each step was worth. */
export interface StepCredits {
  /** `[steps]` */
  readonly advantages: Float32Array;
  /** `[steps]` targets of the value. Without them no value is learned. */
  readonly returns?: Float32Array;
}

/** How to learn from it. */
export interface ReinforceOptions extends UpdateOptions {
  /** Distance of the importance ratio from 1 where pushing stops. Default 0.2. */
  readonly clip?: number;
  /** Weight of the entropy bonus. Default 0. */
  readonly entropy?: number;
  /** Weight of the value loss. Default 0.5. */
  readonly value?: number;
}

/**
 * One update of PPO on whole steps: every token of a step has its step's advantage.
 *
 * ```text
 * loss = ppoClip(advantages) + value·valueLoss(returns) − entropy·mean entropy
 * ```
 *
 * @returns What the surrogate saw before the update, with estimates of how far the policy has moved since it acted.
 */
export function reinforceSteps(
  kernels: Kernels,
  policy: Policy,
  trajectories: readonly Trajectory[],
  { advantages, returns }: StepCredits,
  { clip = 0.2, entropy = 0, value = 0.5, ...update }: ReinforceOptions,
): PolicyMetrics {
  const { logProbs, values } = policy.evaluate(trajectories);
  const decisions = trajectories.flatMap(({ decisions }) => decisions);
  const mask = Uint8Array.from(decisions.flatMap(({ chosen }) => [...chosen]));
  const { dLogProbs, metrics } = ppoClip(kernels, {
    logProbs,
    behaviorLogProbs: Float32Array.from(decisions.flatMap(({ behaviorLogProbs }) => [...behaviorLogProbs])),
    advantages: rowsToTokens(advantages, Uint32Array.from(decisions, ({ tokens }) => tokens.length)),
    mask,
  }, { clipLow: clip });
  const dEntropies = Float32Array.from(mask, (chosen) => chosen ? -entropy / Math.max(1, metrics.tokens) : 0);
  const dValues = returns
    ? valueLoss(kernels, { values, returns }).dValues.map((gradient) => gradient * value)
    : new Float32Array(values.length);
  policy.backward({ dLogProbs, dEntropies, dValues });
  policy.update(update);
  return metrics;
}
