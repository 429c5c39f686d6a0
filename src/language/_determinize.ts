import type { TokenGraph } from "./_token_graph.ts";

/** More states than this are a mistake: their masks would take the memory. */
const MOST_STATES = 200_000;

/**
 * Subset construction from the end backwards; states with equal futures are one. State 0 is the start, the last state
 * the end.
 *
 * @throws {RangeError} If nothing is allowed, or the end cannot be told from a pause.
 */
export function determinize(graph: TokenGraph): Map<number, number>[] {
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
  // the start was made last: turn the order around
  const last = states.length - 1;
  if (start !== last) throw new RangeError("Cannot build constraint: it has no start");
  return states.reverse().map((edges) => new Map([...edges].map(([token, to]) => [token, last - to])));
}
