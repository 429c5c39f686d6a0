import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { allowedTokens, type Tokenizer, topLogProbs } from "../../language/mod.ts";
import { type ActingModel, isPacked } from "../transformer/acting_model.ts";
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
  /** Tokens that must follow the last of `tokens`, at most so many, where the constraint leaves no other. */
  foresee(most: number): readonly number[];
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
    foresee(atMost): readonly number[] {
      const foreseen: number[] = [];
      const room = Math.min(atMost, most - tokens.length - 1);
      for (let at = state; constraint && foreseen.length < room && constraint.allowedCounts[at] > 0;) {
        const token = constraint.forced(at);
        if (token < 0 || ends.has(token)) break;
        foreseen.push(token);
        at = constraint.next(at, token);
      }
      return foreseen;
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
        const read = slot.tokens.at(tokens.length - 1);
        if (read !== undefined && read !== id) throw new Error("Cannot go on: a token that was certain was not drawn");
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

/** Tokens that are foreseen and read with the one before them, at most. */
const MOST_FORESEEN = 8;

/** One utterance's share of a batch. */
export interface Reading {
  readonly utterance: Utterance;
  /** Of its tokens that are not read yet, so many. */
  readonly count: number;
}

/**
 * Reads the next tokens of each utterance, all as one batch; nothing is read where that fails. Whoever has then read all,
 * and must go on with tokens that are certain, has read these, too, where the model can tell what follows each of them: one
 * pass through the weights in place of several.
 *
 * @returns For each, [vocabulary] the logits behind its last token, and behind each that is foreseen: `draw` takes them in
 * this order. None where it has not read all.
 */
export function readOn(model: ActingModel, readings: readonly Reading[]): readonly (readonly Float32Array[])[] {
  const draws = readings.map(({ utterance: { slot, tokens }, count }) => slot.tokens.length + count === tokens.length);
  const foreseen = readings.map(({ utterance }, index) =>
    isPacked(model) && draws[index] ? utterance.foresee(MOST_FORESEEN) : []
  );
  const parts = readings.map(({ utterance: { slot, tokens }, count }, index) => [
    ...tokens.slice(slot.tokens.length, slot.tokens.length + count),
    ...foreseen[index],
  ]);
  const slots = Uint32Array.from(readings, ({ utterance }) => utterance.slot.slot);
  const counts = Uint32Array.from(parts, ({ length }) => length), fed = Uint32Array.from(parts.flat());
  try {
    if (isPacked(model)) model.feed(slots, counts, fed, Uint32Array.from(foreseen, ({ length }) => length + 1));
    else model.feed(slots, counts, fed);
  } catch (error) {
    // A slot whose keys were about to be turned otherwise has lost them: it is read again from there.
    for (const { utterance: { slot } } of readings) {
      slot.tokens.length = Math.min(slot.tokens.length, model.slotLength(slot.slot));
    }
    throw error;
  }
  for (const [index, part] of parts.entries()) {
    for (const token of part) readings[index].utterance.slot.tokens.push(token);
  }
  if (!draws.includes(true)) return draws.map(() => []);
  const logits = model.lastLogits();
  const rows = foreseen.map(({ length }) => length + 1);
  const width = logits.length / rows.reduce((sum, count) => sum + count, 0);
  let at = 0;
  return rows.map((count, index) => {
    const own = Array.from({ length: count }, () => logits.subarray(at, at += width));
    return draws[index] ? own : [];
  });
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
