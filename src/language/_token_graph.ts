import { determinize } from "./_determinize.ts";
import type { Grammar } from "./grammar.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** A nondeterministic automaton over tokens: edges of token -1 are free. */
export interface TokenGraph {
  /** [from] → edges. */
  readonly edges: readonly (readonly Edge[])[];
  readonly start: number;
  readonly end: number;
}

interface Edge {
  readonly token: number;
  readonly to: number;
}

const FREE = -1;
const CLOSING = 2 ** 31;
/** Up to this many numbers are written out when the tokenizer does not cut numbers into digits. */
const ENUMERATED = 20_000;

/**
 * The tokens of a grammar: neighbouring texts are encoded as one, so that a tokenizer whose added tokens stand at the
 * borders gives the tokens that it gives for the whole text.
 */
export function tokenGraph(tokenizer: Tokenizer, grammar: Grammar): TokenGraph {
  const edges: Edge[][] = [];
  const node = (): number => edges.push([]) - 1;
  const digitTokens = Array.from({ length: 10 }, (_, digit) => tokenizer.tokenId(String(digit)) ?? FREE);
  const splitsDigits = tokenizer.encode("01234567890123456789").length === 20;
  const memo = new Map<string, number>();
  const automata = new Map<string, Map<number, number>[]>();

  function path(tokens: Iterable<number>, from: number, to: number): void {
    let at = from;
    for (const token of tokens) {
      const next = node();
      edges[at].push({ token, to: next });
      at = next;
    }
    edges[at].push({ token: FREE, to });
  }

  function add(part: Grammar, from: number, to: number): void {
    switch (part.kind) {
      case "text":
        return path(tokenizer.encode(part.text), from, to);
      case "choice":
        for (const option of part.of) add(option, from, to);
        return;
      case "sequence": {
        const parts = joinTexts(part.of);
        let at = from;
        for (const [index, each] of parts.entries()) {
          const next = index === parts.length - 1 ? to : node();
          add(each, at, next);
          at = next;
        }
        if (parts.length === 0) edges[from].push({ token: FREE, to });
        return;
      }
      case "digits":
        return addDigits(part.count, from, to);
      case "integer":
        return addInteger(part.minimum, part.maximum, from, to);
    }
  }

  /** All numbers of a range written out and encoded, as a small automaton; made once, however often it is used. */
  function written(key: string, first: number, last: number, write: (n: number) => string): Map<number, number>[] {
    let states = automata.get(key);
    if (!states) {
      // a closing edge that no tokenizer has, so that 1 may be the beginning of 10
      const trie = [new Map<number, number>(), new Map<number, number>()];
      for (let n = first; n <= last; n++) {
        let at = 0;
        for (const token of tokenizer.encode(write(n))) {
          let to = trie[at].get(token);
          if (to === undefined) trie[at].set(token, to = trie.push(new Map()) - 1);
          at = to;
        }
        trie[at].set(CLOSING, 1);
      }
      states = determinize({
        edges: trie.map((next) => Array.from(next, ([token, to]) => ({ token, to }))),
        start: 0,
        end: 1,
      });
      automata.set(key, states);
    }
    return states;
  }

  function splice(states: readonly Map<number, number>[], from: number, to: number): void {
    const nodes = states.map((_, index) => index === 0 ? from : node());
    for (const [index, next] of states.entries()) {
      for (const [token, target] of next) {
        edges[nodes[index]].push(token === CLOSING ? { token: FREE, to } : { token, to: nodes[target] });
      }
    }
  }

  function addDigits(count: number, from: number, to: number): void {
    if (!splitsDigits && 10 ** count <= ENUMERATED) {
      const write = (n: number) => count === 0 ? "" : String(n).padStart(count, "0");
      return splice(written(`digits ${count}`, 0, 10 ** count - 1, write), from, to);
    }
    let at = from;
    for (let i = 0; i < count; i++) {
      const next = node();
      for (const token of digitTokens) edges[at].push({ token, to: next });
      at = next;
    }
    edges[at].push({ token: FREE, to });
  }

  function addInteger(minimum: number, maximum: number, from: number, to: number): void {
    if (!splitsDigits && maximum - minimum < ENUMERATED) {
      return splice(written(`integer ${minimum} ${maximum}`, minimum, maximum, String), from, to);
    }
    if (minimum < 0) {
      const minus = node();
      path(tokenizer.encode("-"), from, minus);
      addMagnitudes(Math.max(1, -maximum), -minimum, minus, to);
    }
    if (maximum >= 0) addMagnitudes(Math.max(0, minimum), maximum, from, to);
  }

  /** Numbers of one length at a time; a tree that shares its tails. */
  function addMagnitudes(minimum: number, maximum: number, from: number, to: number): void {
    for (let length = String(minimum).length; length <= String(maximum).length; length++) {
      const low = length === String(minimum).length ? String(minimum) : "1".padEnd(length, "0");
      const high = length === String(maximum).length ? String(maximum) : "9".repeat(length);
      edges[from].push({ token: FREE, to: between(low, high, to) });
    }
  }

  /** The node from which all numbers of `low` to `high` (equally long) lead to `to`. */
  function between(low: string, high: string, to: number): number {
    if (low === "") return to;
    const key = `${low} ${high} ${to}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const at = node();
    memo.set(key, at);
    for (let digit = Number(low[0]); digit <= Number(high[0]); digit++) {
      const lowRest = digit === Number(low[0]) ? low.slice(1) : "0".repeat(low.length - 1);
      const highRest = digit === Number(high[0]) ? high.slice(1) : "9".repeat(low.length - 1);
      edges[at].push({ token: digitTokens[digit], to: between(lowRest, highRest, to) });
    }
    return at;
  }

  const start = node();
  const end = node();
  add(grammar, start, end);
  return { edges, start, end };
}

/** Flattens sequences and joins neighbouring texts. */
function joinTexts(parts: readonly Grammar[]): Grammar[] {
  const out: Grammar[] = [];
  for (const part of parts.flatMap((part) => part.kind === "sequence" ? joinTexts(part.of) : [part])) {
    const last = out.at(-1);
    if (part.kind === "text" && last?.kind === "text") {
      out[out.length - 1] = { kind: "text", text: last.text + part.text };
    } else {
      out.push(part);
    }
  }
  return out;
}
