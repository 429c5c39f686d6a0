import { EddyError } from "../../errors.ts";
import type { LearnedSequence, TunableModel } from "../../policy/mod.ts";
import type { Conversation } from "./read_conversations.ts";

/** A conversation as tokens. */
export interface TokenConversation {
  /** One, or several where the template writes earlier turns otherwise once others follow. */
  readonly sequences: readonly LearnedSequence[];
  /** Learned turns without an end of the answer. */
  readonly unended: number;
}

/** What is asked of a model to write a conversation. */
export type TokenWriter = Pick<TunableModel, "prompt" | "ends">;

/**
 * The tokens of a conversation, and which of them the assistant wrote. For each learned turn `i` the template writes what
 * the model is asked with and what it should have answered:
 *
 * ```text
 * asked  = template(messages[..i], with the beginning of an answer)
 * whole  = template(messages[..i+1])                     learned: whole after asked, up to the last end token
 * ```
 *
 * A turn that begins as the one before it goes on in the same sequence.
 *
 * @param now What templates take for today.
 * @throws {EddyError} `data_invalid` If the template refuses the conversation, or writes a turn so that its answer cannot be
 * found.
 */
export function learnedSequences(
  { messages, learnable, tools, place: file }: Conversation,
  { turns, now }: { readonly turns: "last" | "all"; readonly now: Date },
  { prompt, ends }: TokenWriter,
): TokenConversation {
  const places = learnable.flatMap((isLearnable, place) => isLearnable ? [place] : []);
  const sequences: { tokens: Uint32Array; learned: Uint8Array }[] = [];
  let unended = 0;
  for (const place of turns === "last" ? places.slice(-1) : places) {
    const [asked, whole] = written(place);
    const start = sharedLength(asked, whole);
    // Where an answer begins otherwise than the template says it will, only what both have was asked; the last token before
    // may have become another one together with the next.
    if (start < asked.length && start < sharedLength(asked, written(place, true)[0]) - 1) {
      throw refuse("the chat template writes earlier turns otherwise before an answer, so that it cannot be found");
    }
    const end = endOf(whole, start);
    if (end === undefined) unended += 1;
    const tokens = whole.slice(0, end ?? whole.length);
    if (tokens.length === start) throw refuse(`the chat template writes nothing for 'messages.${place}'`);
    const learned = new Uint8Array(tokens.length).fill(1, Math.max(1, start));
    const last = sequences.at(-1);
    if (last && last.tokens.length <= start && sharedLength(last.tokens, tokens) === last.tokens.length) {
      learned.set(last.learned);
      sequences[sequences.length - 1] = { tokens, learned };
    } else sequences.push({ tokens, learned });
  }
  return { sequences, unended };

  function written(place: number, complete = false): readonly [asked: Uint32Array, whole: Uint32Array] {
    try {
      return [
        prompt(messages.slice(0, place), { tools, now, complete }),
        prompt(messages.slice(0, place + 1), { tools, now, complete: true }),
      ];
    } catch (cause) {
      if (!(cause instanceof EddyError) || cause.code !== "request_invalid") throw cause;
      throw refuse(cause.message, cause);
    }
  }

  /** Behind the last token that ends an answer. */
  function endOf(tokens: Uint32Array, start: number): number | undefined {
    for (let at = tokens.length - 1; at >= start; at--) if (ends.includes(tokens[at])) return at + 1;
    return undefined;
  }

  function refuse(state: string, cause?: unknown): EddyError {
    return new EddyError("data_invalid", `Cannot learn from ${file}: ${state}`, { cause });
  }
}

function sharedLength(one: Uint32Array, other: Uint32Array): number {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length++;
  return length;
}
