import { checkLengths } from "./_columns.ts";

/** Columns of {@link shapedRewards}. */
export interface ShapingColumns {
  /** `[steps]`, reward. */
  readonly rewards: Float32Array;
  /** `[steps]`, reward: potential of what was seen. */
  readonly potentials: Float32Array;
  /** `[steps]`, reward: potential of what was seen next; not read where the discount is 0. */
  readonly nextPotentials: Float32Array;
  /** `[steps]`: `γ·(1 − terminated)`. */
  readonly discounts: Float32Array;
}

/**
 * Potential-based shaping: pays progress at once and changes no policy's rank.
 *
 * ```text
 * r'_t = r_t + γ_t·Φ(x_{t+1}) − Φ(x_t)        Σ γ^t r' = Σ γ^t r − Φ(x_0) in an episode that ended
 * ```
 *
 * That holds only if nothing is paid for a terminal state: the discount is 0 there, so Φ of it is not read. An episode that
 * was cut keeps `γ^T·Φ(x_T)`, as a bootstrap would.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `rewards` r | `[steps]` | reward | |
 * | `potentials`, `nextPotentials` Φ | `[steps]` | reward | before and after |
 * | `discounts` γ_t | `[steps]` | 1 | 0 at a terminated step |
 *
 * @returns `[steps]`, reward.
 * @throws {ShapeError} If lengths differ.
 * @see Ng, Harada & Russell (1999), "Policy invariance under reward transformations", equation 2; terminal states: Grześ
 * (2017), "Reward shaping in episodic reinforcement learning".
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { shapedRewards } from "@eddy/eddy";
 * const shaped = shapedRewards({
 *   rewards: Float32Array.of(0, 1),
 *   potentials: Float32Array.of(2, 3),
 *   nextPotentials: Float32Array.of(3, 9),
 *   discounts: Float32Array.of(1, 0),
 * });
 * deepEqual([...shaped], [1, -2]); // the sum is 1 − Φ of the start
 * ```
 */
export function shapedRewards({ rewards, potentials, nextPotentials, discounts }: ShapingColumns): Float32Array {
  checkLengths(rewards.length, { potentials, nextPotentials, discounts });
  return rewards.map((reward, t) =>
    reward - potentials[t] + (discounts[t] === 0 ? 0 : discounts[t] * nextPotentials[t])
  );
}
