import type { Moment } from "./moment.ts";
import type { SearchWorld } from "./open_search_world.ts";
import type { SearchPolicy } from "./search_policy.ts";

/** How to branch. */
export interface BranchOptions {
  /** Ways tried at each moment at most, the most likely first. */
  readonly branches: number;
  /** Whether a way went well: what was before it, and what it came to. It may be wrong. */
  readonly judge: (before: Moment, after: Moment) => boolean;
  /** Follows a way from its first step to where it is judged. Default that step alone. */
  readonly follow?: (world: SearchWorld, moment: Moment) => Moment;
  /** No more going back once it has cost so many steps of the environment. Default none. */
  readonly environmentSteps?: number;
}

/** Where branching led. */
export interface Branching {
  /** The end of the episode. */
  readonly end: Moment;
  /** How often the world was put back. */
  readonly backtracks: number;
  /** Steps of the environment that it cost. */
  readonly environmentSteps: number;
  /** How often the policy was asked. */
  readonly policyCalls: number;
}

/**
 * Acts to the end of an episode and goes back where a judge says that it went wrong: at each moment the likeliest ways are
 * tried in turn, the first that passes is taken; where none passes, the likeliest.
 *
 * Steps that were taken back are counted: compare with as many steps of trying again from the start (see {@link bestOf}).
 *
 * @throws {RangeError} If there is not at least one branch.
 * @throws {EddyError} `environment_invalid` If the world cannot be put back.
 * @see arXiv 2403.19962 (low-parameter tuning and multi-branch reasoning).
 */
export function branch(
  world: SearchWorld,
  policy: SearchPolicy,
  from: Moment,
  { branches, judge, follow = (_, moment) => moment, environmentSteps: most = Infinity }: BranchOptions,
): Branching {
  if (!(Number.isInteger(branches) && branches >= 1)) throw new RangeError(`Cannot try ${branches} branches`);
  const before = { steps: world.environmentSteps, calls: policy.calls };
  let [moment, backtracks] = [from, 0];
  while (!moment.ended) {
    const here = moment;
    const ways = [...policy.propose(here)].sort((a, b) => b.probability - a.probability).slice(0, branches);
    let first: Moment | undefined;
    let taken: Moment | undefined;
    for (const { action } of ways) {
      const spent = world.environmentSteps - before.steps;
      if (first && spent >= most) break;
      const step = world.step(here, action);
      const after = step.ended ? step : follow(world, step);
      if (first) backtracks += 1;
      first ??= after;
      if (!judge(here, after)) continue;
      taken = after;
      break;
    }
    // Nothing passed: back to the likeliest, unless there was nothing else.
    if (!taken && ways.length > 1) backtracks += 1;
    moment = taken ?? first!;
  }
  return {
    end: moment,
    backtracks,
    environmentSteps: world.environmentSteps - before.steps,
    policyCalls: policy.calls - before.calls,
  };
}
