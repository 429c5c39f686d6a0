import type { Transcript } from "../../episode/mod.ts";
import type { Split } from "../../environment/mod.ts";
import { type MonteCarloAdvantages, monteCarloAdvantages } from "../../rl/mod.ts";
import type { Moment } from "./moment.ts";
import { returnOf } from "./return_of.ts";
import type { SearchWorld } from "./open_search_world.ts";
import { playOn } from "./play_on.ts";
import type { SearchPolicy } from "./search_policy.ts";

/** How to measure. */
export interface ContinuationOptions {
  /** How often each moment is continued. Default 64. */
  readonly continuations?: number;
  /** γ. Default 1. */
  readonly gamma?: number;
  /** That the episodes are of. Default `train`. */
  readonly split?: Split;
}

/** What the steps were worth, and what it cost to know. */
export interface ContinuationAdvantages extends MonteCarloAdvantages {
  /** Steps of the environment. */
  readonly environmentSteps: number;
  /** How often the policy was asked. */
  readonly policyCalls: number;
}

/**
 * What the steps of episodes were really worth to a policy, by putting their world back to before and after each of them:
 * what `creditAudit` compares cheaper credit with.
 *
 * Every episode is acted out again from its task, then continued by the policy; see `monteCarloAdvantages`.
 *
 * @returns Columns over the steps of all episodes, in order.
 * @throws {RangeError} If an episode goes on after its end, or `continuations` is no whole number of at least 1.
 * @throws {EddyError} `environment_invalid` If the world cannot be put back.
 */
export function continuationAdvantages(
  world: SearchWorld,
  policy: SearchPolicy,
  episodes: readonly Pick<Transcript, "task" | "steps">[],
  { continuations = 64, gamma = 1, split = "train" }: ContinuationOptions = {},
): ContinuationAdvantages {
  const spent = { steps: world.environmentSteps, calls: policy.calls };
  const [before, after]: [Moment[], (Moment | undefined)[]] = [[], []];
  const rewards: number[] = [];
  for (const { task, steps } of episodes) {
    let moment = world.start(task, { split });
    for (const { action } of steps) {
      before.push(moment);
      moment = world.step(moment, action);
      after.push(moment.ended ? undefined : moment);
      rewards.push(moment.rewards[moment.steps.length - 1]);
    }
  }
  const playFrom = (moment: Moment): number => returnOf(playOn(world, policy, moment), moment.steps.length, gamma);
  const advantages = monteCarloAdvantages({ before, after, rewards }, { playFrom, continuations, gamma });
  return {
    ...advantages,
    environmentSteps: world.environmentSteps - spent.steps,
    policyCalls: policy.calls - spent.calls,
  };
}
