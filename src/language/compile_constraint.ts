import { type TokenGraph, tokenGraph } from "./_token_graph.ts";
import type { Constraint } from "./constraint.ts";
import type { Grammar } from "./grammar.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** More states than this are a mistake: their masks would take the memory. */
const MOST_STATES = 200_000;

/**
 * Compiles a grammar to a deterministic automaton over a tokenizer's ids, with as few states as its language allows.
 *
 * @throws {RangeError} If the grammar allows nothing, or if one allowed text is the beginning of another: the end of an
 * action is a state without a next token, so it could not be told from a pause. Let every alternative end in the same
 * closing text.
 *
 * @example
 * ```ts
 * import { choice, compileConstraint, digits, loadKernels, sequence, text, trainTokenizer } from "@eddy/eddy";
 * const kernels = await loadKernels();
 * using tokenizer = trainTokenizer(kernels, [], { vocabularySize: 256 });
 * const constraint = compileConstraint(tokenizer, sequence(text("#"), choice(text("A"), digits(2))));
 * console.assert(constraint.forced(0) === tokenizer.tokenId("#"));
 * ```
 */
export function compileConstraint(tokenizer: Tokenizer, grammar: Grammar): Constraint {
  const states = determinize(tokenGraph(tokenizer, grammar));
  const vocabularySize = tokenizer.vocabularySize;
  const words = Math.ceil(vocabularySize / 32);
  const masks = new Uint32Array(states.length * words);
  const allowedCounts = Uint32Array.from(states, (edges) => edges.size);
  for (const [state, edges] of states.entries()) {
    for (const token of edges.keys()) masks[state * words + (token >> 5)] |= 1 << (token % 32);
  }
  const forced = Int32Array.from(states, (edges) => edges.size === 1 ? edges.keys().next().value! : -1);
  return {
    vocabularySize,
    masks,
    allowedCounts,
    next(state, token): number {
      const next = states[state]?.get(token);
      if (next === undefined) throw new RangeError(`Cannot take token ${token} in state ${state}: it is not allowed`);
      return next;
    },
    forced: (state) => forced[state] ?? -1,
  };
}

/** Subset construction from the end backwards; states with equal futures are one. State 0 is the start. */
function determinize(graph: TokenGraph): Map<number, number>[] {
  const states: Map<number, number>[] = [];
  const bySubset = new Map<string, number>();
  const byFuture = new Map<string, number>();

  function closure(nodes: readonly number[]): number[] {
    const all = new Set(nodes);
    for (const node of all) for (const { token, to } of graph.edges[node]) if (token < 0) all.add(to);
    return [...all].sort((a, b) => a - b);
  }

  function visit(nodes: readonly number[]): number {
    const subset = closure(nodes);
    const key = subset.join();
    const known = bySubset.get(key);
    if (known !== undefined) return known;
    const targets = new Map<number, number[]>();
    for (const node of subset) {
      for (const { token, to } of graph.edges[node]) {
        if (token < 0) continue;
        const list = targets.get(token);
        if (list) list.push(to);
        else targets.set(token, [to]);
      }
    }
    const ends = subset.includes(graph.end);
    if (ends && targets.size > 0) {
      throw new RangeError("Cannot build constraint: one allowed text is the beginning of another");
    }
    if (!ends && targets.size === 0) throw new RangeError("Cannot build constraint: nothing is allowed");
    const edges = new Map([...targets].sort(([a], [b]) => a - b).map(([token, to]) => [token, visit(to)]));
    const future = [...edges].join(";");
    let state = byFuture.get(future);
    if (state === undefined) {
      state = states.push(edges) - 1;
      if (state > MOST_STATES) throw new RangeError("Cannot build constraint: it has too many states");
      byFuture.set(future, state);
    }
    bySubset.set(key, state);
    return state;
  }

  const start = visit([graph.start]);
  if (states.length === 1) throw new RangeError("Cannot build constraint: only the empty text is allowed");
  // the start was made last: turn the order around
  const last = states.length - 1;
  if (start !== last) throw new RangeError("Cannot build constraint: it has no start");
  return states.reverse().map((edges) => new Map([...edges].map(([token, to]) => [token, last - to])));
}
