import { determinize } from "./_determinize.ts";
import { tokenGraph } from "./_token_graph.ts";
import type { Constraint } from "./constraint.ts";
import type { Grammar } from "./grammar.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** Masks of more words than this (256 MiB) are refused. */
const MOST_MASK_WORDS = 2 ** 26;

/**
 * Compiles a grammar to a deterministic automaton over a tokenizer's ids, with as few states as its language allows.
 *
 * @throws {RangeError} If the grammar allows nothing, or if one allowed text is the beginning of another: the end of an
 * action is a state without a next token, so it could not be told from a pause. Let every alternative end in the same
 * closing text. Also if the masks would not fit in memory.
 *
 * @example
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { choice, finiteConstraint, digits, loadKernels, sequence, text, trainTokenizer } from "@eddy/eddy";
 * const kernels = await loadKernels();
 * using tokenizer = trainTokenizer(kernels, [], { vocabularySize: 256 });
 * const constraint = finiteConstraint(tokenizer, sequence(text("#"), choice(text("A"), digits(2))));
 * ok(constraint.forced(0) === tokenizer.tokenId("#"));
 * ```
 */
export function finiteConstraint(tokenizer: Tokenizer, grammar: Grammar): Constraint {
  const states = determinize(tokenGraph(tokenizer, grammar));
  if (states.length === 1) throw new RangeError("Cannot build constraint: only the empty text is allowed");
  const vocabularySize = tokenizer.vocabularySize;
  const words = Math.ceil(vocabularySize / 32);
  if (states.length * words > MOST_MASK_WORDS) {
    throw new RangeError(`Cannot build constraint: ${states.length} states over ${vocabularySize} tokens are too many`);
  }
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
