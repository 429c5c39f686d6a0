import { ShapeError } from "../errors.ts";

/** Columns over logged steps, float64: what a logging policy did, and what the policy that is asked about makes of it. */
export interface LoggedColumns {
  /** [steps] probability of the logged action under the policy that is asked about. */
  readonly probabilities: Float64Array;
  /** [steps] probability with which it was logged, in (0, 1]. */
  readonly propensities: Float64Array;
  /** [steps] */
  readonly rewards: Float64Array;
}

/** How weights are bounded. */
export interface WeightOptions {
  /**
   * Largest importance weight; larger ones are cut to it. Cutting trades variance for a bias towards policies like the
   * logging one: the estimate falls short by at most the reward on the share that was cut. Default: no bound.
   */
  readonly clip?: number;
}

/** What another policy would have earned. */
export interface OffPolicyEstimate {
  /** Mean reward. */
  readonly estimate: number;
  /**
   * [steps] terms whose mean is the estimate; of a self-normalized one, its linearization around the estimate. What
   * confidence bounds and paired differences are made from.
   */
  readonly terms: Float64Array;
  /** Steps of its own that the weights are worth: `(Σw)² / Σw²`. */
  readonly effectiveSamples: number;
  /** [steps] importance weights as they were used; none where only a model speaks. See `overlap`. */
  readonly weights: Float64Array;
  /** Share of steps whose weight was cut. */
  readonly clippedShare: number;
}

/** Weights that are bounded in another way than by cutting. */
export type WeightRule = (weight: number) => number;

/** `w = min(clip, π/μ)`, or what the rule makes of π/μ; and the share that was cut. @throws {ShapeError} If lengths differ. @throws {RangeError} If a propensity is not in (0, 1]. */
export function importanceWeights(
  { probabilities, propensities, rewards }: LoggedColumns,
  { clip = Infinity }: WeightOptions,
  rule: WeightRule = (weight) => Math.min(clip, weight),
): { readonly weights: Float64Array; readonly clippedShare: number } {
  const steps = rewards.length;
  if (probabilities.length !== steps) throw new ShapeError("probabilities", steps, probabilities.length);
  if (propensities.length !== steps) throw new ShapeError("propensities", steps, propensities.length);
  let clipped = 0;
  const weights = probabilities.map((probability, i) => {
    if (!(propensities[i] > 0 && propensities[i] <= 1)) {
      throw new RangeError(`Cannot weigh step ${i}: its propensity is ${propensities[i]}, expected (0, 1]`);
    }
    const weight = probability / propensities[i];
    const bounded = rule(weight);
    if (bounded < weight) clipped += 1;
    return bounded;
  });
  return { weights, clippedShare: steps === 0 ? 0 : clipped / steps };
}

/** Mean of a column; 0 of an empty one. */
export function mean(values: Float64Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
