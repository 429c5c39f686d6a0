import type { Kernels } from "../kernels/mod.ts";
import type { Policy, Trajectory, UpdateOptions } from "../policy/mod.ts";
import { nll } from "../rl/mod.ts";

/** How to imitate. */
export interface ImitateOptions extends UpdateOptions {
  /** [trajectories] weight of each one's actions. Default 1. */
  readonly weights?: readonly number[];
  /** Weight of also predicting what the agent is shown. Default 0. */
  readonly prompts?: number;
}

/**
 * One update towards the actions of trajectories.
 *
 * ```text
 * loss = −Σ weight·log π(action token) / Σ chosen action tokens − prompts · mean log π(shown token)
 * ```
 *
 * Only tokens that there was a choice in count.
 *
 * @returns The loss before the update.
 */
export function imitate(
  kernels: Kernels,
  policy: Policy,
  trajectories: readonly Trajectory[],
  { weights, prompts = 0, ...update }: ImitateOptions,
): number {
  const shown = prompts > 0;
  const { logProbs, values } = policy.evaluate(trajectories, { prompts: shown });
  const shares = new Float32Array(logProbs.length);
  const counts = countTokens(trajectories);
  let token = 0;
  for (const [index, { decisions }] of trajectories.entries()) {
    const share = (weights?.[index] ?? 1) / Math.max(1, counts.chosen);
    for (const { promptTokens, chosen } of decisions) {
      if (shown) shares.fill(prompts / counts.prompts, token, token += promptTokens.length);
      for (const choice of chosen) shares[token++] = choice * share;
    }
  }
  const { loss, dLogProbs } = nll(kernels, { logProbs, weights: shares }, { aggregation: "token-sum" });
  const dEntropies = new Float32Array(logProbs.length);
  policy.backward({ dLogProbs, dEntropies, dValues: new Float32Array(values.length) });
  policy.update(update);
  return loss;
}

function countTokens(trajectories: readonly Trajectory[]): { readonly chosen: number; readonly prompts: number } {
  let [chosen, prompts] = [0, 0];
  for (const decision of trajectories.flatMap(({ decisions }) => decisions)) {
    prompts += decision.promptTokens.length;
    for (const choice of decision.chosen) chosen += choice;
  }
  return { chosen, prompts };
}
