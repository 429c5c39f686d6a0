import type { StepRecord } from "../../episode/mod.ts";
import type { Policy, Trajectory } from "../../policy/mod.ts";
import type { ActionSpace } from "./action_space.ts";
import { joinDecisions } from "./join_decisions.ts";
import { recallStep } from "./recall_step.ts";
import { readReplay } from "./step_replay.ts";

/**
 * The kept steps of one episode as a policy evaluates them. With the weights that took a step, `evaluate` gives exactly
 * the log-probabilities that are kept with it.
 *
 * ```text
 * one conversation that only grew     one trajectory of all steps
 * a history that the caller changed   one more from there on
 * ```
 *
 * @param steps In order; any of them may be missing.
 * @throws {EddyError} `data_invalid` If one of them cannot be seen again.
 */
export function trajectoriesOf(policy: Policy, space: ActionSpace, steps: readonly StepRecord[]): Trajectory[] {
  using context = policy.open();
  return joinDecisions(steps.map((step) => ({
    decision: recallStep(policy, context, space, step),
    temperature: readReplay(step).kept.temperature,
  })));
}
