import { type ActionSpace, readReplay, readSpeechReplay, recallStep } from "../../../agent/mod.ts";
import type { StepRecord } from "../../../episode/mod.ts";
import { type Decision, type LanguageModel, type Policy, writtenDecision } from "../../../policy/mod.ts";

/** Sees kept steps as what learns sees its own decisions. */
export interface StepReader extends Disposable {
  /**
   * The decision that a step was, with its whole conversation as prompt; undefined where it took the most likely action and
   * has no propensity.
   *
   * @throws {EddyError} `data_invalid` If it cannot be seen again.
   */
  recall(step: StepRecord): { readonly decision?: Decision; readonly temperature: number };
  /** The decision that another action would have been. @throws {EddyError | RangeError} If it cannot be written. */
  demonstrate(step: StepRecord, action: string): Decision;
  /** Whether what learns would take the step's action, taking the most likely one; undefined where that is not known. */
  takesToo?(step: StepRecord): boolean;
}

/** Steps of a policy: prompts are read again from their turns. */
export function policyStepReader(policy: Policy, space: ActionSpace): StepReader {
  const context = policy.open();
  const limitOf = (step: StepRecord) => step.replay === undefined ? space.limitOf(step) : readReplay(step).limit;
  return {
    recall: (step) => {
      const { temperature } = readReplay(step).kept;
      return { temperature, ...(temperature > 0 && { decision: recallStep(policy, context, space, step) }) };
    },
    demonstrate: (step, action) => {
      context.restart(step.turns);
      return policy.demonstrate(
        { context, ...space.open(limitOf(step), step.candidates), seed: 0, stream: 0 },
        action,
      );
    },
    takesToo: (step) => {
      context.restart(step.turns);
      const request = { context, ...space.open(limitOf(step), step.candidates), seed: 0, stream: 0 };
      return policy.decide([request], { temperature: 0 })[0].text === step.action;
    },
    [Symbol.dispose]: () => context[Symbol.dispose](),
  };
}

/** Steps of a language model: they keep what was read and written. */
export function speechStepReader({ tokenizer, ends }: Pick<LanguageModel, "tokenizer" | "ends">): StepReader {
  return {
    recall: (step) => {
      const kept = readSpeechReplay(step);
      const isGreedy = kept.behaviorLogProbs.every((logProb) => logProb === 0);
      if (isGreedy) return { temperature: 0 };
      return { temperature: 1, decision: writtenDecision(step.action, { ...kept, policyVersion: step.policyVersion }) };
    },
    demonstrate: (step, action) => {
      const { prompt } = readSpeechReplay(step);
      const tokens = Uint32Array.from([...tokenizer.encode(action), ends[0]]);
      // What is shown was not drawn; below 0, so that every token is learned.
      const shown = new Float32Array(tokens.length).fill(-1);
      return writtenDecision(action, {
        ...{ prompt, tokens, behaviorLogProbs: shown, rawLogProbs: shown, policyVersion: step.policyVersion },
      });
    },
    [Symbol.dispose]: () => {},
  };
}
