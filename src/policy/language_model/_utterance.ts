import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { allowedTokens, type Tokenizer, topLogProbs } from "../../language/mod.ts";
import type { ActingModel } from "../transformer/mod.ts";
import type { Finish, SpeakOptions, SpokenToken } from "./language_model.ts";
import type { ReadSlot, ReadSlots } from "./_read_slots.ts";
import { tokenSampler } from "./_token_sampler.ts";

/** An answer while it is written. Disposed of, it gives its slot back with what was read. */
export interface Utterance extends Disposable {
  /** What was read. */
  readonly slot: ReadSlot;
  /** Prompt and answer so far. */
  readonly tokens: readonly number[];
  /** Why nothing more is written, where that is so; asked before anything is read. */
  finish(): Finish | undefined;
  /** Draws the next token. @param logits [vocabulary] behind the last of `tokens`. */
  draw(logits: Float32Array): SpokenToken;
}

/** What answers are made with. */
export interface UtteranceParts {
  readonly kernels: Kernels;
  readonly slots: ReadSlots;
  readonly tokenizer: Tokenizer;
  /** Most tokens of prompt and answer. */
  readonly contextLength: number;
  /** [ceil(vocabulary / 32)] tokens that the tokenizer knows. */
  readonly known: Uint32Array;
  /** Whether these are all that the model has. */
  readonly knowsAll: boolean;
  /** Tokens that end an answer. */
  readonly ends: ReadonlySet<number>;
  /** Whether a token's text is told. @param showCalls Whether marks of calls are. */
  readonly isShown: (id: number, showCalls: boolean) => boolean;
}

/**
 * Begins an answer behind a prompt.
 *
 * @throws {EddyError} `request_invalid` If the prompt is empty or fills the context.
 * @throws {RangeError} If an option is out of its range.
 */
export function beginUtterance(
  parts: UtteranceParts,
  prompt: Uint32Array,
  options: SpeakOptions,
  adapter: number | undefined,
): Utterance {
  const { kernels, slots, tokenizer, contextLength, ends } = parts;
  checkPrompt(prompt, contextLength);
  const { constraint, seed, top = 0, showCalls = false } = options;
  const most = prompt.length + Math.min(options.maximumTokens ?? Infinity, contextLength - prompt.length);
  using owned = new DisposableStack();
  const sampler = owned.use(tokenSampler(kernels, options));
  const slot = owned.adopt(slots.take(prompt, adapter), slots.keep);
  // Special tokens are left out before decoding, as they are by other programs.
  const stream = owned.use(tokenizer.stream({ skipSpecial: false }));
  const cachedTokens = slot.tokens.length;
  const tokens = [...prompt];
  let state = 0, ended = false;
  const kept = owned.move();

  return {
    slot,
    tokens,
    finish(): Finish | undefined {
      if (!ended && tokens.length >= most) return { reason: "length", text: stream.finish() };
      const complete = ended || constraint?.allowedCounts[state] === 0;
      return complete ? { reason: "end", text: stream.finish() } : undefined;
    },
    draw(logits): SpokenToken {
      const drawn = sampler.sample({
        ...{ logits, tokens, promptLength: prompt.length },
        mask: constraint ? maskOf(constraint, state, parts.known) : parts.knowsAll ? undefined : parts.known,
        draw: { seed: BigInt(seed), stream: 0, counter: tokens.length },
      });
      if (!drawn) throw new EddyError("weights_not_finite", "Cannot talk with the model: it gives no numbers");
      const { token: id, rawLogProb: logProb, behaviorLogProb } = drawn;
      ended = ends.has(id);
      if (!ended) {
        if (constraint) state = constraint.next(state, id);
        tokens.push(id);
      }
      const likely = top > 0 ? topLogProbs(kernels, logits, top) : [];
      return {
        id,
        token: tokenizer.token(id),
        text: !ended && parts.isShown(id, showCalls) ? stream.push(id) ?? "" : "",
        ...{ end: ended, cachedTokens, logProb, behaviorLogProb },
        top: likely.map(({ token, logProb }) => ({ id: token, token: tokenizer.token(token), logProb })),
      };
    },
    [Symbol.dispose]: () => kept.dispose(),
  };
}

/** Reads the next `counts[i]` tokens of each utterance, all as one batch; nothing is read where that fails. */
export function readOn(model: ActingModel, utterances: readonly Utterance[], counts: readonly number[]): void {
  const parts = utterances.map(({ slot, tokens }, index) =>
    tokens.slice(slot.tokens.length, slot.tokens.length + counts[index])
  );
  const slots = Uint32Array.from(utterances, ({ slot }) => slot.slot);
  try {
    model.feed(slots, Uint32Array.from(counts), Uint32Array.from(parts.flat()));
  } catch (error) {
    // A slot whose keys were about to be turned otherwise has lost them: it is read again from there.
    for (const { slot } of utterances) slot.tokens.length = Math.min(slot.tokens.length, model.slotLength(slot.slot));
    throw error;
  }
  for (const [index, part] of parts.entries()) for (const token of part) utterances[index].slot.tokens.push(token);
}

function checkPrompt({ length }: Uint32Array, contextLength: number): void {
  if (length === 0) throw new EddyError("request_invalid", "Cannot answer: the prompt is empty");
  if (length < contextLength) return;
  throw new EddyError(
    "request_invalid",
    `Cannot answer: the prompt has ${length} tokens, and the model reads ${contextLength} together with its answer`,
  );
}

function maskOf(
  constraint: NonNullable<SpeakOptions["constraint"]>,
  state: number,
  known: Uint32Array,
): Uint32Array {
  const allowed = allowedTokens(constraint, state);
  return known.map((word, index) => index < allowed.length ? word & allowed[index] : 0);
}
