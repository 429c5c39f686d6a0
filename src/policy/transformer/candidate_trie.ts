import type { Constraint, Tokenizer } from "../../language/mod.ts";

/**
 * Allows exactly the listed texts, each closed by the end token: so one may be the beginning of another.
 *
 * @throws {RangeError} If there are none.
 */
export function candidateTrie(tokenizer: Tokenizer, candidates: readonly string[], endToken: number): Constraint {
  if (candidates.length === 0) throw new RangeError("Cannot choose: there are no candidates");
  const states: Map<number, number>[] = [new Map()];
  for (const candidate of candidates) {
    let state = 0;
    for (const token of [...tokenizer.encode(candidate), endToken]) {
      let next = states[state].get(token);
      if (next === undefined) states[state].set(token, next = states.push(new Map()) - 1);
      state = next;
    }
  }
  const { vocabularySize } = tokenizer;
  const words = Math.ceil(vocabularySize / 32);
  const masks = new Uint32Array(states.length * words);
  for (const [state, edges] of states.entries()) {
    for (const token of edges.keys()) masks[state * words + (token >> 5)] |= 1 << (token & 31);
  }
  return {
    vocabularySize,
    masks,
    allowedCounts: Uint32Array.from(states, (edges) => edges.size),
    next(state, token): number {
      const next = states[state].get(token);
      if (next === undefined) throw new RangeError(`Cannot write the token ${token}: no candidate goes on with it`);
      return next;
    },
    forced: (state) => states[state].size === 1 ? states[state].keys().next().value! : -1,
  };
}
