import { type Kernels, randomStream } from "../../kernels/mod.ts";
import { createRewardModel, type RewardModel } from "../../policy/mod.ts";
import type { IntentExample, IntentStream } from "./learn_intents.ts";

/** The random stream that orders the utterances: one counter for all passes. */
const ORDER_STREAM = 0xfffffffd;

/** What to measure. */
export interface MeasureIntentsOptions {
  /** Whether the actions' texts are seen, or only their numbers. */
  readonly candidates: "names" | "ids";
  /** Order of the utterances. */
  readonly seed: number;
  /** Times that every utterance is said. */
  readonly passes: number;
}

/** What one pass came to. */
export interface IntentPass {
  /** Share of right choices in this pass. */
  readonly progressive: number;
  /** Share of validation utterances that the best estimate answers right after it. */
  readonly validation: number;
}

/**
 * Measures the reward model `belief` as it is served: each utterance is scored for exploring, the best action is taken, and
 * whether that was right is learned at once. Nothing is fitted between or after passes.
 *
 * In later passes the model remembers what failed on the same words; the validation utterances are never learned.
 *
 * @returns One row for each pass.
 */
export function measureIntents(kernels: Kernels, stream: IntentStream, options: MeasureIntentsOptions): IntentPass[] {
  const { candidates, seed, passes } = options;
  const { actions, train, validation } = stream;
  using model = createRewardModel(kernels, { model: "belief", actions, candidates });
  const random = randomStream(kernels, seed, ORDER_STREAM);
  return Array.from({ length: passes }, () => {
    const right = mixed(train, random).filter((example) => answer(model, actions, example)).length;
    const known = validation.filter(({ text, intent }) =>
      best(model.scores(text, actions, "exploit")) === intent
    ).length;
    return { progressive: right / train.length, validation: known / validation.length };
  });
}

/** Chooses, learns, and says whether it was right. */
function answer(model: RewardModel, actions: readonly string[], { text, intent }: IntentExample): boolean {
  const choice = best(model.scores(text, actions, "explore"));
  model.learn({ text, candidates: actions, choice, reward: choice === intent ? 1 : 0 });
  return choice === intent;
}

function best(scores: Float32Array): number {
  return scores.reduce((best, score, index) => score > scores[best] ? index : best, 0);
}

/** Fisher and Yates. */
function mixed<T>(items: readonly T[], random: () => number): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
