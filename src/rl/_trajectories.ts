import { ShapeError } from "../errors.ts";

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
  /** [trajectories] values whose mean is the estimate. */
  readonly terms: Float64Array;
  /** [trajectories] product of all ratios of a trajectory. See `overlap`. */
  readonly weights: Float64Array;
  /** Trajectories of its own that those weights are worth. */
  readonly effectiveSamples: number;
}

/**
 * Running products of the ratios π/μ, `[steps]`; and their mean over trajectories at each step of time, where a trajectory
 * that ended keeps its last product (its end is a state that it never leaves).
 *
 * @throws {ShapeError} If lengths differ. @throws {RangeError} If a propensity is not in (0, 1].
 */
export function runningWeights(
  { probabilities, propensities, rewards, lengths }: TrajectoryColumns,
): { readonly running: Float64Array; readonly whole: Float64Array; readonly means: Float64Array } {
  const steps = rewards.length;
  if (probabilities.length !== steps) throw new ShapeError("probabilities", steps, probabilities.length);
  if (propensities.length !== steps) throw new ShapeError("propensities", steps, propensities.length);
  const covered = lengths.reduce((sum, length) => sum + length, 0);
  if (covered !== steps) throw new ShapeError("lengths", `a sum of ${steps}`, covered);
  const running = new Float64Array(steps);
  const whole = new Float64Array(lengths.length).fill(1);
  const means = new Float64Array(lengths.reduce((most, length) => Math.max(most, length), 0));
  let start = 0;
  lengths.forEach((length, trajectory) => {
    for (let t = 0; t < means.length; t++) {
      if (t < length) {
        const at = start + t;
        if (!(propensities[at] > 0 && propensities[at] <= 1)) {
          throw new RangeError(`Cannot weigh step ${at}: its propensity is ${propensities[at]}, expected (0, 1]`);
        }
        running[at] = whole[trajectory] *= probabilities[at] / propensities[at];
      }
      means[t] += whole[trajectory] / lengths.length;
    }
    start += length;
  });
  return { running, whole, means };
}
