import { EddyError } from "../../errors.ts";
import type { StepRecord } from "../../episode/mod.ts";
import type { Decision, KeptDecision } from "../../policy/mod.ts";
import { decodeNumbers, encodeNumbers } from "../_number_text.ts";
import type { ActionLimit } from "./action_space.ts";

/**
 * What a step keeps for learning, as JSON: its action as it was written and how likely each token was. The prompt is not
 * kept, since it follows from the step's turns; its length tells whether it still does.
 */
export interface StepReplay {
  /** [tokens] base64 of little-endian unsigned 32-bit ids. */
  readonly tokens: string;
  /** [tokens] base64 of little-endian 32-bit floats, nats: exactly the numbers that were sampled with. */
  readonly behaviorLogProbs: string;
  /** 0 took the most likely: such a step has no propensity to learn from. */
  readonly temperature: number;
  /** Tokens of the prompt. */
  readonly promptTokens: number;
  /** What the action was limited to. */
  readonly limit: ActionLimit;
}

/** What is kept of a decision, as JSON. @param limit What the action was limited to. */
export function writeReplay(decision: Decision, temperature: number, limit: ActionLimit): StepReplay {
  const { tokens, behaviorLogProbs, promptTokens } = decision;
  return {
    tokens: encodeNumbers(tokens),
    behaviorLogProbs: encodeNumbers(behaviorLogProbs),
    temperature,
    promptTokens: promptTokens.length,
    limit,
  };
}

/**
 * The decision of a kept step, and what it was limited to.
 *
 * @throws {EddyError} `data_invalid` If the step does not hold one: it was not taken by a policy.
 */
export function readReplay(step: StepRecord): {
  readonly kept: KeptDecision;
  readonly limit: ActionLimit;
  readonly promptTokens: number;
} {
  const replay = step.replay as Partial<StepReplay> | undefined;
  if (typeof replay?.tokens !== "string" || typeof replay.behaviorLogProbs !== "string" || !replay.limit) {
    throw new EddyError("data_invalid", `Cannot replay step '${step.id}': it does not hold how it was chosen`);
  }
  return {
    kept: {
      tokens: new Uint32Array(decodeNumbers(replay.tokens)),
      behaviorLogProbs: new Float32Array(decodeNumbers(replay.behaviorLogProbs)),
      value: step.value ?? 0,
      policyVersion: step.policyVersion,
      temperature: replay.temperature ?? 1,
    },
    limit: replay.limit,
    promptTokens: replay.promptTokens ?? 0,
  };
}
