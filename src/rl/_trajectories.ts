import { ShapeError } from "../errors.ts";
import { effectiveSampleSize } from "./effective_sample_size.ts";
import { mean } from "./_logged.ts";

/** Logged steps of several trajectories, one trajectory after the other, float64. */
export interface TrajectoryColumns {
  /** [steps] probability of the logged action under the policy that is asked about. */
  readonly probabilities: Float64Array;
  /** [steps] probability with which it was logged, in (0, 1]. */
  readonly propensities: Float64Array;
  /** [steps] */
  readonly rewards: Float64Array;
  /** [trajectories] steps of each. */
  readonly lengths: Uint32Array;
}

/** Settings of all estimators over trajectories. */
export interface TrajectoryOptions {
  /** γ. Default 1. */
  readonly gamma?: number;
  /** Divides each weight by its mean over all trajectories at that step: far less variance, a bias that falls with 1/n. */
  readonly selfNormalized?: boolean;
}

/** What another policy would have earned in an episode. */
export interface TrajectoryEstimate {
  /** Mean discounted return. */
  readonly estimate: number;
  /** [trajectories] what each added, as libraries print it; the mean is the estimate. */
  readonly values: Float64Array;
  /**
   * [trajectories] terms whose mean is the estimate; of a self-normalized one, its linearization around the estimate. What
   * confidence bounds are made from.
   */
  readonly terms: Float64Array;
  /** [trajectories] product of all ratios of a trajectory. See `overlap`. */
  readonly weights: Float64Array;
  /** Trajectories of its own that those weights are worth. */
  readonly effectiveSamples: number;
}

/** One weighted mean over trajectories: of a step in time, or of whole returns. */
export interface WeightedPart {
  /** [trajectories] weight times what is weighed; 0 where a trajectory had ended. */
  readonly numerators: Float64Array;
  /** [trajectories] the weights; those of an ended trajectory stay (its end is a state that it never leaves). */
  readonly weights: Float64Array;
}

/**
 * Products of the ratios π/μ of each trajectory up to each step of time: element t holds `[trajectories]`, and stays as it
 * is once a trajectory has ended.
 *
 * @throws {ShapeError} If lengths differ. @throws {RangeError} If a propensity is not in (0, 1].
 */
export function weightsOverTime(
  { probabilities, propensities, rewards, lengths }: TrajectoryColumns,
): readonly Float64Array[] {
  const steps = rewards.length;
  if (probabilities.length !== steps) throw new ShapeError("probabilities", steps, probabilities.length);
  if (propensities.length !== steps) throw new ShapeError("propensities", steps, propensities.length);
  const covered = lengths.reduce((sum, length) => sum + length, 0);
  if (covered !== steps) throw new ShapeError("lengths", `a sum of ${steps}`, covered);
  const wrong = propensities.findIndex((propensity) => !(propensity > 0 && propensity <= 1));
  if (wrong >= 0) {
    throw new RangeError(`Cannot weigh step ${wrong}: its propensity is ${propensities[wrong]}, expected (0, 1]`);
  }
  const starts = startsOf(lengths);
  const current = new Float64Array(lengths.length).fill(1);
  return Array.from({ length: lengths.reduce((most, length) => Math.max(most, length), 0) }, (_, t) => {
    lengths.forEach((length, i) => {
      if (t < length) current[i] *= probabilities[starts[i] + t] / propensities[starts[i] + t];
    });
    return current.slice();
  });
}

/** Index of each trajectory's first step. */
export function startsOf(lengths: Uint32Array): Uint32Array {
  let start = 0;
  return lengths.map((length) => (start += length) - length);
}

/**
 * Sum of the parts' means, each divided by the mean of its weights where asked.
 *
 * ```text
 * V = mean(x) / w̄        value_i = x_i / w̄        term_i = V + (x_i − V w_i) / w̄
 * ```
 */
export function summed(
  parts: readonly WeightedPart[],
  whole: Float64Array,
  selfNormalized: boolean,
): TrajectoryEstimate {
  const values = new Float64Array(whole.length);
  const terms = new Float64Array(whole.length);
  for (const { numerators, weights } of parts) {
    const scale = selfNormalized ? mean(weights) : 1;
    if (scale === 0) continue; // no trajectory does what the policy does
    const part = mean(numerators) / scale;
    numerators.forEach((x, i) => {
      values[i] += x / scale;
      terms[i] += selfNormalized ? part + (x - part * weights[i]) / scale : x;
    });
  }
  return { estimate: mean(values), values, terms, weights: whole, effectiveSamples: effectiveSampleSize(whole) };
}
