import type { Constraint, Tokenizer } from "../../language/mod.ts";

/**
 * Allows exactly the listed texts, each closed by the end token: so one may be the beginning of another.
 *
 * States after which the same may follow are one, so that masks cost memory for each different ending, not for each
 * text: 50,000 texts of one token have three states.
 *
 * @throws {RangeError} If there are none.
 */
export function candidateTrie(tokenizer: Tokenizer, candidates: readonly string[], endToken: number): Constraint {
  if (candidates.length === 0) throw new RangeError("Cannot choose: there are no candidates");
  const tree: Map<number, number>[] = [new Map()];
  for (const candidate of candidates) {
    let state = 0;
    for (const token of [...tokenizer.encode(candidate), endToken]) {
      let next = tree[state].get(token);
      if (next === undefined) tree[state].set(token, next = tree.push(new Map()) - 1);
      state = next;
    }
  }
  const states = merged(tree);
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

/** Makes states with equal continuations one; the root stays the first. */
function merged(tree: readonly Map<number, number>[]): Map<number, number>[] {
  const states: Map<number, number>[] = [];
  const known = new Map<string, number>();
  const names = new Uint32Array(tree.length);
  // Children stand behind their parents: from the last to the first, those of each state have their names already.
  for (let state = tree.length - 1; state >= 0; state--) {
    const edges = [...tree[state]].map(([token, child]): [number, number] => [token, names[child]])
      .sort(([a], [b]) => a - b);
    const key = edges.join(";");
    let name = known.get(key);
    if (name === undefined) known.set(key, name = states.push(new Map(edges)) - 1);
    names[state] = name;
  }
  const last = states.length - 1;
  return states.reverse().map((edges) => new Map([...edges].map(([token, child]) => [token, last - child])));
}
