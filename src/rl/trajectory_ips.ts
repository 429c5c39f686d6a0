import {
  startsOf,
  summed,
  type TrajectoryColumns,
  type TrajectoryEstimate,
  type TrajectoryOptions,
  weightsOverTime,
} from "./_trajectories.ts";

/** Settings of {@link trajectoryIps}. */
export interface TrajectoryIpsOptions extends TrajectoryOptions {
  /** Weighs each reward by what led to it alone. Default true; false weighs all by the whole trajectory. */
  readonly perDecision?: boolean;
}

/**
 * Importance sampling over whole episodes: what a policy would have earned in episodes that another one played.
 *
 * ```text
 * w_t = Π_{s ≤ t} π/μ      per decision: 1/n Σ_i Σ_t γ^t w_t r_t      else: 1/n Σ_i w_T Σ_t γ^t r_t,  w_T the whole product
 * self-normalized: w_t / mean over the trajectories of w_t            (weighted importance sampling, WIS)
 * ```
 *
 * Unbiased without normalization wherever the logging policy could do what the policy does; its variance grows like the
 * product of the ratios: look at `effectiveSamples` and {@link overlap} first. An ended trajectory keeps its last weight in
 * the means.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `probabilities` π, `propensities` μ | `[steps]` | 1 | of the logged action, now and then |
 * | `rewards` r | `[steps]` | reward | of each step |
 * | `lengths` | `[trajectories]` | steps | Σ = steps |
 *
 * @throws {ShapeError} If lengths differ.
 * @throws {RangeError} If a propensity is not in (0, 1].
 * @see Precup, Sutton & Singh (2000), "Eligibility traces for off-policy policy evaluation"; Thomas &
 * Brunskill, arXiv 1604.00923.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trajectoryIps } from "@eddy/eddy";
 * const columns = { // one episode of two steps, weights 2 and then 2·1
 *   probabilities: Float64Array.of(1, 0.5),
 *   propensities: Float64Array.of(0.5, 0.5),
 *   rewards: Float64Array.of(1, 3),
 *   lengths: Uint32Array.of(2),
 * };
 * assert.equal(trajectoryIps(columns).estimate, 8); // 2·1 + 2·3
 * assert.equal(trajectoryIps(columns, { selfNormalized: true }).estimate, 4);
 * ```
 */
export function trajectoryIps(columns: TrajectoryColumns, options: TrajectoryIpsOptions = {}): TrajectoryEstimate {
  const { gamma = 1, perDecision = true, selfNormalized = false } = options;
  const { rewards, lengths } = columns;
  const overTime = weightsOverTime(columns);
  const whole = overTime.at(-1) ?? new Float64Array(lengths.length).fill(1);
  const starts = startsOf(lengths);
  const earned = (i: number, t: number): number => t < lengths[i] ? gamma ** t * rewards[starts[i] + t] : 0;
  if (!perDecision) {
    const numerators = whole.map((weight, i) => overTime.reduce((sum, _, t) => sum + weight * earned(i, t), 0));
    return summed([{ numerators, weights: whole }], whole, selfNormalized);
  }
  const parts = overTime.map((weights, t) => ({ numerators: weights.map((w, i) => w * earned(i, t)), weights }));
  return summed(parts, whole, selfNormalized);
}
