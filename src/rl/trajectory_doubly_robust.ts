import { ShapeError } from "../errors.ts";
import {
  startsOf,
  summed,
  type TrajectoryColumns,
  type TrajectoryEstimate,
  type TrajectoryOptions,
  weightsOverTime,
} from "./_trajectories.ts";

/** Columns of {@link trajectoryDoublyRobust}. */
export interface TrajectoryModelColumns extends TrajectoryColumns {
  /** [steps] a model's value of the logged action: the return from there on under the policy that is asked about. */
  readonly logged: Float64Array;
  /** [steps] the same model's value of the state: `Σ_a π(a|x) q(x,a)`. */
  readonly own: Float64Array;
}

/**
 * Doubly robust over whole episodes: a model's value of the start, corrected step by step where it can be compared.
 *
 * ```text
 * 1/n Σ_i Σ_t γ^t [ w_{t−1} q(x_t, π) + w_t (r_t − q(x_t, a_t)) ]        w_t = Π_{s ≤ t} π/μ,  w_{−1} = 1
 * self-normalized: every w_t / mean over the trajectories of w_t         (weighted doubly robust, WDR)
 * ```
 *
 * Unbiased if the propensities are right, whatever the model; without error if the model is right and rewards and moves are
 * certain. With `q = 0` it is {@link trajectoryIps} per decision.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `own` q(x, π), `logged` q(x, a) | `[steps]` | reward | values by a model, such as {@link fittedQ} |
 * | `lengths` | `[trajectories]` | steps | Σ = steps |
 *
 * @throws {ShapeError} If lengths differ.
 * @throws {RangeError} If a propensity is not in (0, 1].
 * @see Jiang & Li, arXiv 1511.03722, equation 10; Thomas & Brunskill, arXiv 1604.00923, section 5 (WDR).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trajectoryDoublyRobust } from "@eddy/eddy";
 * const { estimate } = trajectoryDoublyRobust({
 *   probabilities: Float64Array.of(1, 0.5),
 *   propensities: Float64Array.of(0.5, 0.5),
 *   rewards: Float64Array.of(1, 3),
 *   logged: Float64Array.of(4, 2),
 *   own: Float64Array.of(4, 2),
 *   lengths: Uint32Array.of(2),
 * });
 * assert.equal(estimate, 4); // [4 + 2·(1 − 4)] + [2·2 + 2·(3 − 2)]
 * ```
 */
export function trajectoryDoublyRobust(
  columns: TrajectoryModelColumns,
  options: TrajectoryOptions = {},
): TrajectoryEstimate {
  const { rewards, logged, own, lengths } = columns;
  const { gamma = 1, selfNormalized = false } = options;
  if (logged.length !== rewards.length) throw new ShapeError("logged", rewards.length, logged.length);
  if (own.length !== rewards.length) throw new ShapeError("own", rewards.length, own.length);
  const overTime = weightsOverTime(columns);
  const starts = startsOf(lengths);
  const ones = new Float64Array(lengths.length).fill(1);
  const at = (i: number, t: number, value: (step: number) => number): number =>
    t < lengths[i] ? gamma ** t * value(starts[i] + t) : 0;
  const parts = overTime.flatMap((weights, t) => {
    const before = overTime[t - 1] ?? ones;
    return [
      { numerators: before.map((w, i) => w * at(i, t, (step) => own[step])), weights: before },
      { numerators: weights.map((w, i) => w * at(i, t, (step) => rewards[step] - logged[step])), weights },
    ];
  });
  return summed(parts, overTime.at(-1) ?? ones, selfNormalized);
}
