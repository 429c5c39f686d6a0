import { EddyError } from "../../errors.ts";
import { trackGrammarHandle } from "../../kernels/mod.ts";
import type { Constraint } from "../constraint.ts";
import type { CanonicalTokens } from "./canonical_tokens.ts";
import { invalidConstraint } from "./invalid_constraint.ts";
import { maskTable } from "./mask_table.ts";
import type { Place } from "./place.ts";

/** What a walk needs beside the grammar. */
export interface WalkOptions {
  readonly vocabularySize: number;
  readonly endToken: number;
  /** Others that close a text, where there is a choice. */
  readonly endTokens: readonly number[];
  /** The tokens that must follow where only these bytes can. Absent: any that spell them. */
  readonly canonical?: (bytes: Uint8Array) => CanonicalTokens;
  /** The error for what the kernel says when it cannot go on. */
  readonly failed: (cause: unknown) => EddyError;
  /** Whether the kernel has ended: what it made is left alone then. */
  readonly hasEnded: () => boolean;
}

interface State {
  readonly parent: number;
  readonly token: number;
  readonly row: number;
  /** Tokens that must follow, one after the other. */
  readonly queue: readonly number[];
  readonly next: Map<number, number>;
}

/** Places that are kept to go on from; a lost one is walked to again. */
const MOST_PLACES = 32;

/**
 * A constraint whose states are the texts written so far: found as they are reached, and kept.
 *
 * @param start The grammar at its beginning; owned from now on.
 */
export function walkedConstraint(start: Place, options: WalkOptions): Constraint & Disposable {
  const { vocabularySize, endToken, endTokens, canonical, failed, hasEnded } = options;
  const words = Math.ceil(vocabularySize / 32);
  const table = maskTable(words);
  const scratch = new Uint32Array(words);
  const states: State[] = [];
  const places = new Map<number, Place>([[0, start]]);
  let allowedCounts = new Uint32Array(64);
  let forced = new Int32Array(64);

  function addState(parent: number, token: number, queue: readonly number[]): number {
    const state = states.length;
    if (state === allowedCounts.length) {
      const longer = new Uint32Array(2 * state);
      longer.set(allowedCounts);
      allowedCounts = longer;
      const longerForced = new Int32Array(2 * state);
      longerForced.set(forced);
      forced = longerForced;
    }
    const { count, first } = countAllowed(scratch);
    allowedCounts[state] = count;
    forced[state] = count === 1 ? first : -1;
    states.push({ parent, token, row: table.add(scratch), queue, next: new Map() });
    return state;
  }

  function only(token: number): void {
    scratch.fill(0);
    scratch[token >> 5] = 1 << (token & 31);
  }

  /** Writes a place's mask to `scratch`; gives the tokens that must follow. */
  function look(place: Place): readonly number[] {
    const queue = canonical ? forcedTokens(place, canonical(place.forcedBytes())) : [];
    if (queue.length > 0) only(queue[0]);
    else {
      place.mask(scratch);
      if (scratch.every((word) => word === 0)) {
        throw invalidConstraint("nothing can follow here, and the text is not complete");
      }
      if (scratch[endToken >> 5] >>> (endToken & 31) & 1 && countAllowed(scratch).count > 1) {
        for (const token of endTokens) scratch[token >> 5] |= 1 << (token & 31);
      }
    }
    return queue;
  }

  /** A place at the state that may be moved on; the nearest known before it is the way there. */
  function placeAt(state: number): Place {
    const own = places.get(state);
    if (own && state !== 0) {
      places.delete(state);
      return own;
    }
    const tokens: number[] = [];
    let at = state;
    while (!places.has(at)) {
      tokens.push(states[at].token);
      at = states[at].parent;
    }
    const place = trackGrammarHandle(places.get(at)!.fork());
    for (const token of tokens.reverse()) place.take(token);
    return place;
  }

  function keep(state: number, place: Place): void {
    places.set(state, place);
    if (places.size <= MOST_PLACES) return;
    const [, oldest] = places.keys();
    places.get(oldest)!.free();
    places.delete(oldest);
  }

  addState(-1, -1, look(start));

  return {
    vocabularySize,
    get masks(): Uint32Array {
      return table.masks;
    },
    get allowedCounts(): Uint32Array {
      return allowedCounts;
    },
    row: (state) => states[state].row,
    forced: (state) => states[state] ? forced[state] : -1,
    next(state, token): number {
      const from = states[state];
      const known = from?.next.get(token);
      if (known !== undefined) return known;
      if (!from || (table.masks[from.row * words + (token >> 5)] >>> (token & 31) & 1) === 0) {
        throw new RangeError(`Cannot take token ${token} in state ${state}: it is not allowed`);
      }
      let to: number;
      if (token === endToken || endTokens.includes(token)) {
        scratch.fill(0);
        to = addState(state, token, []);
      } else {
        const place = placeAt(state);
        try {
          place.take(token);
          const rest = from.queue.slice(1);
          if (rest.length > 0) only(rest[0]);
          to = addState(state, token, rest.length > 0 ? rest : look(place));
        } catch (cause) {
          throw cause instanceof EddyError ? cause : failed(cause);
        }
        keep(to, place);
      }
      from.next.set(token, to);
      return to;
    },
    [Symbol.dispose](): void {
      if (!hasEnded()) { for (const place of places.values()) place.free(); }
      places.clear();
    },
  };
}

/** The tokens that must follow: all of a text after which nothing can come, else those that stay. */
function forcedTokens(place: Place, { tokens, settled }: CanonicalTokens): readonly number[] {
  if (settled === tokens.length) return tokens;
  const after = trackGrammarHandle(place.fork());
  for (const token of tokens) after.take(token);
  const ended = after.isEnded();
  after.free();
  return ended ? tokens : tokens.slice(0, settled);
}

function countAllowed(mask: Uint32Array): { count: number; first: number } {
  let count = 0;
  let first = -1;
  for (let word = 0; word < mask.length; word++) {
    let bits = mask[word];
    if (bits !== 0 && first < 0) first = word * 32 + 31 - Math.clz32(bits & -bits);
    bits -= (bits >>> 1) & 0x55555555;
    bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
    count += Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return { count, first };
}
