import { checkLengths } from "./_columns.ts";
import { episodesOf } from "./_episodes.ts";

/** Columns of {@link doublyRobustStepAdvantages}: the steps of several episodes, one episode after the other. */
export interface DoublyRobustStepColumns {
  /** `[steps]`, reward of each decision; the last of an episode is its outcome. */
  readonly rewards: Float32Array;
  /** `[steps]`, reward: value of what the agent saw before deciding. */
  readonly values: Float32Array;
  /** `[steps]`, reward: value of what it saw next; 0 where nothing follows. */
  readonly nextValues: Float32Array;
  /** `[episodes]`, steps of each. */
  readonly stepsPerEpisode: Uint32Array;
}

/** Settings of {@link doublyRobustStepAdvantages}. */
export interface DoublyRobustStepOptions {
  /** λ: 1 trusts the outcome alone, 0 the critic alone (save at the last step). */
  readonly lambda: number;
  /** Subtract the value from the outcome, so that both parts are advantages. Default false, as printed. */
  readonly centered?: boolean;
}

/**
 * Doubly robust step advantages (DigiRL): near the end of an episode its outcome decides, far from it the critic.
 *
 * ```text
 * A_h = λ^(H−h)·r_H + (1 − λ^(H−h))·(r_h + v_{h+1} − v_h)        h = 1 … H
 * centered: r_H − v_h in place of r_H
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `rewards` r, `values` v, `nextValues` | `[steps]` | reward | per decision |
 * | `stepsPerEpisode` H | `[episodes]` | steps | Σ = steps |
 *
 * @returns `[steps]`, reward. DigiRL then learns the steps whose advantage is above `1/H`, as right answers.
 * @throws {ShapeError} If lengths do not fit.
 * @see Bai et al., arXiv 2406.11896 (DigiRL), the step-level advantage.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { doublyRobustStepAdvantages } from "@eddy/eddy";
 * const advantages = doublyRobustStepAdvantages({
 *   rewards: Float32Array.of(0, 1),
 *   values: Float32Array.of(0.25, 0.75),
 *   nextValues: Float32Array.of(0.75, 0),
 *   stepsPerEpisode: Uint32Array.of(2),
 * }, { lambda: 0.5 });
 * deepEqual([...advantages], [0.75, 1]); // 0.5·1 + 0.5·(0 + 0.75 − 0.25), and the outcome
 * ```
 */
export function doublyRobustStepAdvantages(
  { rewards, values, nextValues, stepsPerEpisode }: DoublyRobustStepColumns,
  { lambda, centered = false }: DoublyRobustStepOptions,
): Float32Array {
  checkLengths(rewards.length, { values, nextValues });
  episodesOf(stepsPerEpisode, rewards.length);
  const advantages = new Float32Array(rewards.length);
  let start = 0;
  for (const steps of stepsPerEpisode) {
    const last = start + steps - 1;
    for (let h = start; h <= last; h++) {
      const share = lambda ** (last - h);
      const outcome = rewards[last] - (centered ? values[h] : 0);
      const byCritic = share === 1 ? 0 : (1 - share) * (rewards[h] + nextValues[h] - values[h]);
      advantages[h] = (share === 0 ? 0 : share * outcome) + byCritic;
    }
    start += steps;
  }
  return advantages;
}
