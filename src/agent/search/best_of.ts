import type { Moment } from "./moment.ts";
import { returnOf } from "./return_of.ts";
import type { SearchWorld } from "./open_search_world.ts";
import { playOn } from "./play_on.ts";
import type { SearchPolicy } from "./search_policy.ts";

/** How many attempts, and who chooses. */
export interface BestOfOptions {
  /** How many. */
  readonly attempts: number;
  /** What an attempt is worth. Default the sum of its rewards, which only a world that tells them allows. */
  readonly judge?: (moment: Moment) => number;
}

/** What several attempts brought. */
export interface BestOf {
  /** The first of those worth most. */
  readonly best: Moment;
  /** All ends, in order. */
  readonly attempts: readonly Moment[];
  /** [attempts] what each is worth. */
  readonly values: readonly number[];
  /** Steps of the environment that it cost. */
  readonly environmentSteps: number;
  /** How often the policy was asked. */
  readonly policyCalls: number;
}

/**
 * Plays several times from the same moment and takes the best.
 *
 * @throws {RangeError} If there is not at least one attempt, or one is worth NaN.
 * @throws {EddyError} `environment_invalid` If the world cannot be put back.
 */
export function bestOf(
  world: SearchWorld,
  policy: SearchPolicy,
  from: Moment,
  { attempts, judge = (moment) => returnOf(moment, 0, 1) }: BestOfOptions,
): BestOf {
  if (!(Number.isInteger(attempts) && attempts >= 1)) throw new RangeError(`Cannot take the best of ${attempts}`);
  const before = { steps: world.environmentSteps, calls: policy.calls };
  const ends = Array.from({ length: attempts }, () => playOn(world, policy, from));
  const values = ends.map(judge);
  if (values.some(Number.isNaN)) throw new RangeError("Cannot take the best: an attempt is worth NaN");
  return {
    best: ends[values.indexOf(values.reduce((a, b) => Math.max(a, b)))],
    attempts: ends,
    values,
    environmentSteps: world.environmentSteps - before.steps,
    policyCalls: policy.calls - before.calls,
  };
}
