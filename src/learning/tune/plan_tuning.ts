import { shuffled } from "../../dataset/mod.ts";
import { EddyError } from "../../errors.ts";
import { type Kernels, randomStream } from "../../kernels/mod.ts";
import type { LearnedSequence, TunableModel } from "../../policy/mod.ts";
import { cutBatches } from "./cut_batches.ts";
import { learnedSequences } from "./learned_sequences.ts";
import { readConversations } from "./read_conversations.ts";
import type { TuneConfiguration } from "./tune_configuration.ts";
import type { TunePlanEvent } from "./tune_events.ts";

/** Bytes of a float32. */
const BYTES = 4;
/** Streams of the seed: what is held out, and the order of the first epoch; further epochs follow. */
const HELD_OUT_STREAM = 0, FIRST_EPOCH_STREAM = 1;

/** What a run learns, update after update. */
export interface TunePlan {
  /** [updates] the sequences of each. */
  readonly batches: readonly (readonly LearnedSequence[])[];
  /** What is only measured, in batches. */
  readonly heldOut: readonly (readonly LearnedSequence[])[];
  /** Updates of one epoch. */
  readonly epochUpdates: readonly number[];
  /** What is told of it. */
  readonly event: TunePlanEvent;
}

/**
 * Reads the conversations of a run and puts them in order: the same for the same configuration.
 *
 * @throws {EddyError} As `readConversations` and `learnedSequences`; `data_invalid` If one is longer than the model reads, or
 * nothing is left to learn.
 */
export function planTuning(
  kernels: Kernels,
  configuration: TuneConfiguration,
  model: TunableModel,
): TunePlan {
  const now = new Date(configuration.today);
  const { data, batchTokens, seed, epochs, turns, skipLong } = configuration;
  let leftOut = 0, unended = 0;
  const conversations = readConversations(data).flatMap((conversation) => {
    const written = learnedSequences(conversation, { turns, now }, model);
    const longest = Math.max(...written.sequences.map(({ tokens }) => tokens.length));
    if (longest > model.contextLength) {
      if (!skipLong) throw tooLong(conversation.place, longest, model.contextLength);
      leftOut += 1;
      return [];
    }
    unended += written.unended;
    return [written.sequences];
  });
  const order = shuffled(conversations, randomStream(kernels, seed, HELD_OUT_STREAM));
  const measured = Math.min(Math.round(order.length * configuration.heldOut), order.length - 1);
  const learned = order.slice(Math.max(0, measured)).flat();
  if (learned.length === 0) throw new EddyError("data_invalid", `Cannot learn from '${data}': nothing is left of it`);
  const inBatches = (sequences: readonly LearnedSequence[]): LearnedSequence[][] =>
    cutBatches(sequences.map(({ tokens }) => tokens.length), batchTokens).map((places) =>
      places.map((place) => sequences[place])
    );
  const byEpoch = Array.from(
    { length: epochs },
    (_, epoch) => inBatches(shuffled(learned, randomStream(kernels, seed, FIRST_EPOCH_STREAM + epoch))),
  );
  const batches = byEpoch.flat();
  const { parameterCount, baseParameterCount, baseBytes } = model;
  const isWhole = configuration.method.kind === "full";
  return {
    batches,
    heldOut: inBatches(order.slice(0, Math.max(0, measured)).flat()),
    epochUpdates: byEpoch.map(({ length }) => length),
    event: {
      event: "plan",
      conversations: order.length - measured,
      heldOut: measured,
      leftOut,
      tokens: learned.reduce((sum, { tokens }) => sum + tokens.length, 0),
      learnedTokens: learned.reduce((sum, sequence) => sum + learnedTokens(sequence), 0),
      unended,
      updates: batches.length,
      parameters: parameterCount,
      baseParameters: baseParameterCount,
      bytes: BYTES * 4 * parameterCount + (isWhole ? 0 : baseBytes),
    },
  };
}

/** Tokens of a sequence that are learned. */
export function learnedTokens({ learned }: LearnedSequence): number {
  return learned.reduce((sum, one) => sum + one, 0);
}

function tooLong(place: string, length: number, most: number): EddyError {
  return new EddyError(
    "data_invalid",
    `Cannot learn from ${place}: it has ${length} tokens, and the model reads ${most}; '--skip-long' leaves such out`,
  );
}
