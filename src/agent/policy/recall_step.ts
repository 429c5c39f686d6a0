import { EddyError } from "../../errors.ts";
import type { StepRecord } from "../../episode/mod.ts";
import type { Context, Decision, Policy } from "../../policy/mod.ts";
import type { ActionSpace } from "./action_space.ts";
import { readReplay } from "./step_replay.ts";

/**
 * The decision that a kept step was: its prompt read again from the step's turns, its tokens under the same limits.
 *
 * @param context A context of the policy; what it held before does not matter.
 * @throws {EddyError} `data_invalid` If the step cannot be seen again: other tools, another tokenizer, damaged.
 */
export function recallStep(policy: Policy, context: Context, space: ActionSpace, step: StepRecord): Decision {
  const { kept, limit, promptTokens } = readReplay(step);
  try {
    context.restart(step.turns);
    const decision = policy.recall(
      { context, ...space.open(limit, step.candidates), seed: step.seed, stream: 0 },
      kept,
    );
    if (decision.promptTokens.length === promptTokens) return decision;
    throw new RangeError(`its prompt had ${promptTokens} tokens and has ${decision.promptTokens.length} now`);
  } catch (cause) {
    const { message } = cause as Error;
    throw new EddyError("data_invalid", `Cannot replay step '${step.id}': ${message}`, { cause });
  }
}
