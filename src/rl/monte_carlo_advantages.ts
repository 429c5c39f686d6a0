import { ShapeError } from "../errors.ts";

/** Steps that were taken in a world that can be put back to any moment. */
export interface AuditColumns<Moment> {
  /** [steps] the world just before each decision. */
  readonly before: readonly Moment[];
  /** [steps] the world just after it, or undefined where the episode had ended. */
  readonly after: readonly (Moment | undefined)[];
  /** [steps] reward of each decision. */
  readonly rewards: ArrayLike<number>;
}

/** Settings of {@link monteCarloAdvantages}. */
export interface AuditOptions<Moment> {
  /**
   * Puts the world back, lets the policy act from there to the end and returns the discounted return. Called with numbers
   * 0, 1, … so that it can seed its chance.
   */
  readonly playFrom: (moment: Moment, continuation: number) => number;
  /** How often each moment is continued. Default 64. */
  readonly continuations?: number;
  /** γ. Default 1. */
  readonly gamma?: number;
}

/** Advantages by continuation, and how sure they are. */
export interface MonteCarloAdvantages {
  /** [steps], reward. */
  readonly advantages: Float64Array;
  /** [steps], reward: value of the moment before each decision. */
  readonly values: Float64Array;
  /** [steps], reward: standard error of each advantage, from the spread of the continuations. */
  readonly errors: Float64Array;
}

/**
 * What decisions were really worth: the world is put back to just before and just after each of them, and the policy goes on
 * from there many times.
 *
 * ```text
 * V(s) = 1/K Σ_k return of continuation k from s        A_t = r_t + γ·V(s_{t+1}) − V(s_t),  V = 0 after the end
 * ```
 *
 * Costs 2K episodes a step: a yardstick for cheaper credit (see {@link creditAudit}), not a way to train on live traffic.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `before`, `after` s | `[steps]` | | moments that `playFrom` understands, such as snapshots |
 * | `rewards` r | `[steps]` | reward | of the decision itself |
 *
 * @throws {ShapeError} If lengths differ.
 * @throws {RangeError} If `continuations` is no whole number of at least 1.
 * @see Kazemnejad et al., arXiv 2410.01679 (VinePPO), section 4.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { monteCarloAdvantages } from "@eddy/eddy";
 * // A moment is how many steps are left, and each of them earns 1.
 * const columns = { before: [2, 1], after: [1, undefined], rewards: [1, 5] };
 * const { advantages } = monteCarloAdvantages(columns, { playFrom: (left) => left, continuations: 1 });
 * deepEqual([...advantages], [0, 4]); // as expected, and 4 more than the policy would have earned
 * ```
 */
export function monteCarloAdvantages<Moment>(
  { before, after, rewards }: AuditColumns<Moment>,
  { playFrom, continuations = 64, gamma = 1 }: AuditOptions<Moment>,
): MonteCarloAdvantages {
  const steps = before.length;
  if (after.length !== steps) throw new ShapeError("after", steps, after.length);
  if (rewards.length !== steps) throw new ShapeError("rewards", steps, rewards.length);
  if (!(Number.isInteger(continuations) && continuations >= 1)) {
    throw new RangeError(`Cannot continue ${continuations} times: expected a whole number of at least 1`);
  }
  let played = 0;
  const valueOf = (moment: Moment | undefined): { readonly mean: number; readonly variance: number } => {
    if (moment === undefined) return { mean: 0, variance: 0 };
    const returns = Float64Array.from({ length: continuations }, () => playFrom(moment, played++));
    const mean = returns.reduce((sum, value) => sum + value, 0) / continuations;
    const squares = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, variance: squares / Math.max(1, continuations - 1) / continuations };
  };
  const [advantages, values, errors] = [0, 1, 2].map(() => new Float64Array(steps));
  for (let t = 0; t < steps; t++) {
    const [now, next] = [valueOf(before[t]), valueOf(after[t])];
    advantages[t] = rewards[t] + gamma * next.mean - now.mean;
    values[t] = now.mean;
    errors[t] = Math.sqrt(now.variance + gamma ** 2 * next.variance);
  }
  return { advantages, values, errors };
}
