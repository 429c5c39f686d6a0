import type { Moment } from "./moment.ts";
import type { SearchWorld } from "./open_search_world.ts";
import { playOn } from "./play_on.ts";
import type { SearchPolicy } from "./search_policy.ts";

/** When to stop. */
export interface TryAgainOptions {
  /** Whether an attempt is good enough. It may be wrong. */
  readonly accept: (end: Moment) => boolean;
  /** No further attempt once so many steps of the environment are spent. */
  readonly environmentSteps: number;
}

/** What came of it. */
export interface Attempts {
  /** The accepted one, or the last. */
  readonly end: Moment;
  /** How many there were. */
  readonly attempts: number;
  /** Steps of the environment that it cost. */
  readonly environmentSteps: number;
  /** How often the policy was asked. */
  readonly policyCalls: number;
}

/**
 * Plays from a moment until a judge is content or the steps are spent: what cleverer searches have to beat with as many
 * steps.
 *
 * @throws {EddyError} `environment_invalid` If the world cannot be put back.
 */
export function tryAgain(
  world: SearchWorld,
  policy: SearchPolicy,
  from: Moment,
  { accept, environmentSteps: most }: TryAgainOptions,
): Attempts {
  const before = { steps: world.environmentSteps, calls: policy.calls };
  for (let attempts = 1;; attempts++) {
    const end = playOn(world, policy, from);
    const environmentSteps = world.environmentSteps - before.steps;
    if (!accept(end) && environmentSteps < most) continue;
    return { end, attempts, environmentSteps, policyCalls: policy.calls - before.calls };
  }
}
