import type { Kernels } from "../../kernels/mod.ts";

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
  /** Order in which the log is fitted. Default 0. */
  readonly seed?: number;
  /** Passes over the log after the stream has ended. Default 3. */
  readonly fittingPasses?: number;
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

/** Words, pairs of words, and three to five characters. */
const FEATURES = [true, true, 3, 5] as const;

/**
 * Numbers of the learner. Those of the belief were chosen by runs on four fifths of CLINC150's training utterances, tested
 * on the last fifth; their logarithmic form follows the similarities of labelled training pairs. Learning rate and number of
 * passes for names were compared on the validation utterances, with orders of the stream that no figure is reported for.
 */
const SETTINGS = {
  names: { discoveryBonus: 3, nameWeight: 15, nameLogit: 15, learningRate: 0.2 },
  ids: { discoveryBonus: 3, nameWeight: 0, nameLogit: 0, learningRate: 0.5 },
  both: { gain: 6, width: 0.05, offset: 5.2, sharing: 0.55, failureWeight: 1.5 },
} as const;

/**
 * Learns which of many actions an utterance asks for, told only whether the action it chose was right.
 *
 * ```text
 * belief(a) = Σ_{confirmed y of a} llr(s(x, y)) / n_a^0.55 + φ · Σ_{failed z on a} ln(1 − w(s(x, z))) + ν · s(x, name_a) + β·[n_a = 0]
 * llr(s)    = gain · ln(1 + s / width) − offset        w(s) = σ(llr(s) − ln(A − 1))
 * ```
 *
 * `s` is the tf-idf cosine with document frequencies of the utterances seen so far; choices are greedy on the belief. After
 * one pass a softmax model is fitted on the answers: −ln p(a) where a was right, −ln(1 − p(a)) where it was wrong.
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
  const { candidates = "names", seed = 0, fittingPasses = 3, reportEvery = 500 } = options;
  if (stream.actions.length === 0) throw new RangeError("Cannot learn intents: there are no actions");
  if (stream.train.length === 0) throw new RangeError("Cannot learn intents: nothing is said");
  const features = (text: string): Uint32Array => kernels.textFeatures(text, ...FEATURES);
  const learner = makeLearner(
    kernels,
    candidates === "names" ? stream.actions.map(features) : [],
    stream.actions.length,
    candidates,
  );
  const validate = (): number =>
    stream.validation.filter(({ text, intent }) => learner.predict(features(text)) === intent).length /
    Math.max(1, stream.validation.length);
  options.onUntrained?.(validate());
  const curve: IntentProgress[] = [];
  let right = 0;
  let before = { events: 0, right: 0 };
  for (const [i, { text, intent }] of stream.train.entries()) {
    const isRight = learner.choose(features(text)) === intent;
    learner.learn(isRight);
    right += isRight ? 1 : 0;
    const events = i + 1;
    if (events % reportEvery === 0 || events === stream.train.length) {
      const recent = (right - before.right) / (events - before.events);
      curve.push({ events, progressive: right / events, recent });
      before = { events, right };
      onProgress(curve[curve.length - 1]);
    }
  }
  for (let pass = 0; pass < fittingPasses; pass++) learner.fit(BigInt(seed), pass);
  const policy: IntentPolicy = {
    choose: (text) => learner.predict(features(text)),
    [Symbol.dispose]: () => learner.free(),
  };
  return { progressive: right / stream.train.length, validation: validate(), curve, policy };
}

function makeLearner(
  kernels: Kernels,
  names: readonly Uint32Array[],
  actions: number,
  candidates: "names" | "ids",
): InstanceType<Kernels["BanditLearner"]> {
  const { gain, width, offset, sharing, failureWeight } = SETTINGS.both;
  const { discoveryBonus, nameWeight, nameLogit, learningRate } = SETTINGS[candidates];
  const offsets = names.length === 0 ? new Uint32Array() : new Uint32Array(names.length + 1);
  names.forEach((name, i) => offsets[i + 1] = offsets[i] + name.length);
  const ids = Uint32Array.from(names.flatMap((name) => [...name]));
  return new kernels.BanditLearner(
    actions,
    ids,
    offsets,
    gain,
    width,
    offset,
    sharing,
    failureWeight,
    discoveryBonus,
    nameWeight,
    nameLogit,
    learningRate,
  );
}
