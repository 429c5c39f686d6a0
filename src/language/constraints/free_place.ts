import { trackGrammarHandle } from "../../kernels/mod.ts";
import type { Tokenizer } from "../tokenizer.ts";
import { vocabularyBytes } from "../vocabulary_bytes.ts";
import { CALL, type FreeText } from "./free_text.ts";
import type { Place } from "./place.ts";

/** What a text with calls in it needs. */
export interface FreePlaceOptions {
  readonly tokenizer: Tokenizer;
  readonly endToken: number;
  /** What may be written before calls. */
  readonly text: FreeText;
  /** The token that begins calls, where one does. */
  readonly markToken?: number;
  /** Calls may begin the text, without a mark. */
  readonly bare: boolean;
  /** Tokens that may not be written. */
  readonly never: readonly number[];
}

const NONE = new Uint8Array();
const known = new WeakMap<Tokenizer, Map<string, Uint32Array>>();

/**
 * Text that is free until a call begins, and then held to it. Any token may be written that is not the beginning of a call in
 * another spelling; where a mark is spelled, tokens end with it.
 *
 * @param calls Calls at their beginning, after their mark; owned from now on.
 */
export function freePlace(calls: Place, options: FreePlaceOptions): Place {
  const { tokenizer, markToken, bare, text } = options;

  /** @param free State of the text, while it may be one. @param held Calls, once they have begun or while they may. */
  function place(free: number | undefined, held: Place | undefined, owner: boolean): Place {
    return {
      fork: () => place(free, held && trackGrammarHandle(held.fork()), false),
      mask(into): void {
        if (free === undefined) return held!.mask(into);
        into.set(freeMask(options, free));
        if (!held) return;
        const also = new Uint32Array(into.length);
        held.mask(also);
        for (let word = 0; word < into.length; word++) into[word] |= also[word];
      },
      take(token): void {
        if (free === undefined) return held!.take(token);
        if (held && !isAllowed(held, token, options)) {
          held.free();
          held = undefined;
        }
        held?.take(token);
        const after = token === markToken ? CALL : walked(text, free, tokenizer.tokenBytes(token));
        free = after !== undefined && after >= 0 ? after : undefined;
        if (after === CALL) held = trackGrammarHandle(calls.fork());
      },
      forcedBytes: () => free === undefined ? held!.forcedBytes() : NONE,
      isEnded: () => free === undefined && held!.isEnded(),
      free(): void {
        held?.free();
        if (owner) calls.free();
      },
    };
  }
  return place(0, bare ? trackGrammarHandle(calls.fork()) : undefined, true);
}

function isAllowed(held: Place, token: number, { tokenizer }: FreePlaceOptions): boolean {
  const mask = new Uint32Array(Math.ceil(tokenizer.vocabularySize / 32));
  held.mask(mask);
  return (mask[token >> 5] >>> (token & 31) & 1) === 1;
}

/** The state after bytes; undefined where they cannot be written: a call begins within them, or another spelling of it. */
function walked(text: FreeText, from: number, bytes: Uint8Array): number | undefined {
  let state = from;
  for (let at = 0; at < bytes.length; at++) {
    state = text.step(state, bytes[at]);
    if (state < 0) return state === CALL && at === bytes.length - 1 ? CALL : undefined;
  }
  return state;
}

/** Which tokens may follow in a state of the text; found once for a tokenizer. */
function freeMask({ tokenizer, endToken, text, markToken, never }: FreePlaceOptions, state: number): Uint32Array {
  let masks = known.get(tokenizer);
  if (!masks) known.set(tokenizer, masks = new Map());
  const key = [endToken, markToken, never.join(), state, text.name].join(" ");
  let mask = masks.get(key);
  if (mask) return mask;
  masks.set(key, mask = new Uint32Array(Math.ceil(tokenizer.vocabularySize / 32)));
  const { bytes, lengths } = vocabularyBytes(tokenizer);
  for (let token = 0, from = 0; token < tokenizer.vocabularySize; token++) {
    const own = bytes.subarray(from, from += lengths[token]);
    const isFree = token === endToken || token === markToken ||
      !never.includes(token) && walked(text, state, own) !== undefined;
    if (isFree) mask[token >> 5] |= 1 << (token & 31);
  }
  return mask;
}
