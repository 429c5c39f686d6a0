import type { Kernels } from "../../kernels/mod.ts";
import { createRewardModel } from "../../policy/mod.ts";

/** One thing said, with the action that would be right: told to nobody, only used to answer "right" or "wrong". */
export interface IntentExample {
  /** What is said. */
  readonly text: string;
  /** Index of the right action. */
  readonly intent: number;
}

/** What happens in one pass. */
export interface IntentStream {
  /** What is said, in the order in which it is said. */
  readonly train: readonly IntentExample[];
  /** What is asked afterwards. */
  readonly validation: readonly IntentExample[];
  /** Texts of the actions; their number is what counts where names are hidden. */
  readonly actions: readonly string[];
}

/** How to learn. */
export interface LearnIntentsOptions {
  /** Whether the actions' texts are seen, or only their numbers. Default `names`. */
  readonly candidates?: "names" | "ids";
  /** Answers between two reports. Default 500. */
  readonly reportEvery?: number;
  /** Hears the share of validation utterances that is right before anything was told: what names alone are worth. */
  readonly onUntrained?: (validation: number) => void;
}

/** Where the stream stands. */
export interface IntentProgress {
  /** Answers so far. */
  readonly events: number;
  /** Share of all choices so far that were right. */
  readonly progressive: number;
  /** Share of the choices since the last report that were right. */
  readonly recent: number;
}

/** What was learned. */
export interface LearnedIntents {
  /** Share of right choices while learning. */
  readonly progressive: number;
  /** Share of validation utterances that the learned policy answers right. */
  readonly validation: number;
  /** Where the stream stood at each report. */
  readonly curve: readonly IntentProgress[];
  /** Answers utterances; dispose it. */
  readonly policy: IntentPolicy;
}

/** Answers utterances with the index of an action. */
export interface IntentPolicy extends Disposable {
  /** The index of the action that an utterance asks for. */
  choose(text: string): number;
}

/**
 * Learns which of many actions an utterance asks for, told only whether the action it chose was right.
 *
 * The learner is the reward model `belief`, used as it is served: its scores while judgements are expected choose, greedily,
 * and each answer is learned at once. Nothing is fitted after the stream.
 *
 * @param stream What is said and what could be done.
 * @param onProgress Called after each `reportEvery` answers.
 * @returns Accuracies, the curve and the learned policy; dispose the policy.
 * @throws {RangeError} If there are no actions or nothing is said.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { learnIntents, loadKernels } from "@eddy/eddy";
 * const said = [{ text: "turn the lamp on", intent: 0 }, { text: "play a song", intent: 1 }];
 * const stream = { train: [...said, ...said], validation: said, actions: ["lamp", "song"] };
 * const learned = learnIntents(await loadKernels(), stream);
 * assert.ok(learned.validation === 1);
 * learned.policy[Symbol.dispose]();
 * ```
 */
export function learnIntents(
  kernels: Kernels,
  stream: IntentStream,
  options: LearnIntentsOptions = {},
  onProgress: (progress: IntentProgress) => void = () => {},
): LearnedIntents {
  const { candidates = "names", reportEvery = 500 } = options;
  const { actions } = stream;
  if (actions.length === 0) throw new RangeError("Cannot learn intents: there are no actions");
  if (stream.train.length === 0) throw new RangeError("Cannot learn intents: nothing is said");
  const model = createRewardModel(kernels, { model: "belief", actions, candidates });
  const policy: IntentPolicy = {
    choose: (text) => largest(model.scores(text, actions, "exploit")),
    [Symbol.dispose]: () => model[Symbol.dispose](),
  };
  const validate = (): number =>
    stream.validation.filter(({ text, intent }) => policy.choose(text) === intent).length /
    Math.max(1, stream.validation.length);
  options.onUntrained?.(validate());
  const curve: IntentProgress[] = [];
  let right = 0;
  let before = { events: 0, right: 0 };
  for (const [i, { text, intent }] of stream.train.entries()) {
    const choice = largest(model.scores(text, actions, "explore"));
    const reward = choice === intent ? 1 : 0;
    model.learn({ text, candidates: actions, choice, reward });
    right += reward;
    const events = i + 1;
    if (events % reportEvery === 0 || events === stream.train.length) {
      const recent = (right - before.right) / (events - before.events);
      curve.push({ events, progressive: right / events, recent });
      before = { events, right };
      onProgress(curve[curve.length - 1]);
    }
  }
  return { progressive: right / stream.train.length, validation: validate(), curve, policy };
}

/** Index of the largest; the first of equals. */
function largest(values: Float32Array): number {
  return values.reduce((best, value, index) => value > values[best] ? index : best, 0);
}
