import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { loadKernels } from "../../src/kernels/mod.ts";
import { type Constraint, trainTokenizer } from "../../src/language/mod.ts";
import { SPECIAL_TOKENS } from "../../src/policy/mod.ts";
import { candidateTrie } from "../../src/policy/transformer/candidate_trie.ts";
import { spell } from "../../src/policy/transformer/spell.ts";

const kernels = await loadKernels();
const tokenizer = trainTokenizer(kernels, ["abab abab cdcd cdcd"], {
  vocabularySize: 280,
  specialTokens: SPECIAL_TOKENS,
  minimumCount: 1,
});
const end = tokenizer.tokenId("<|end|>")!;

/** Follows a path and gives the state it leads to. */
function follow(constraint: Constraint, path: Iterable<number>): number {
  let state = 0;
  for (const token of path) state = constraint.next(state, token);
  return state;
}

/** Allows one sequence of tokens. */
function only(tokens: readonly number[]): Constraint {
  const words = Math.ceil(tokenizer.vocabularySize / 32);
  const masks = new Uint32Array((tokens.length + 1) * words);
  for (const [state, token] of tokens.entries()) masks[state * words + (token >> 5)] |= 1 << (token & 31);
  return {
    vocabularySize: tokenizer.vocabularySize,
    masks,
    allowedCounts: Uint32Array.from([...tokens.map(() => 1), 0]),
    next: (state) => state + 1,
    forced: (state) => tokens[state] ?? -1,
  };
}

describe("candidateTrie()", () => {
  it("lets exactly the candidates be written, each closed by the end token", () => {
    const lists = fc.uniqueArray(fc.stringMatching(/^[abcd ]{0,6}$/), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(lists, (candidates) => {
        const trie = candidateTrie(tokenizer, candidates, end);
        const written: string[] = [];
        const walk = (state: number, path: readonly number[]): void => {
          if (trie.allowedCounts[state] === 0) {
            equal(path.at(-1), end);
            written.push(tokenizer.decode(path.slice(0, -1)));
          }
          let allowed = 0;
          for (let token = 0; token < trie.vocabularySize; token++) {
            const words = Math.ceil(trie.vocabularySize / 32);
            if ((trie.masks[state * words + (token >> 5)] >>> (token & 31) & 1) === 0) continue;
            allowed += 1;
            walk(trie.next(state, token), [...path, token]);
            if (trie.allowedCounts[state] === 1) equal(trie.forced(state), token);
          }
          equal(allowed, trie.allowedCounts[state]);
          if (allowed !== 1) equal(trie.forced(state), -1);
        };
        walk(0, []);
        deepEqual(written.sort(), [...candidates].sort());
      }),
      { numRuns: 30 },
    );
  });

  it("refuses an empty list and tokens that no candidate has", () => {
    throws(() => candidateTrie(tokenizer, [], end), RangeError);
    throws(() => candidateTrie(tokenizer, ["ab"], end).next(0, end), RangeError);
  });
});

describe("spell()", () => {
  it("takes the tokenizer's own tokens where they are allowed", () => {
    const trie = candidateTrie(tokenizer, ["abab", "ab", "cd"], end);
    const path = spell(tokenizer, trie, "abab", end);
    deepEqual(path, [...tokenizer.encode("abab")]);
    equal(trie.allowedCounts[trie.next(follow(trie, path), end)], 0);
  });

  it("finds another path where only that is allowed", () => {
    const letters = [..."abab"].map((letter) => tokenizer.tokenId(letter)!);
    deepEqual(spell(tokenizer, only(letters), "abab", end), letters);
    equal(tokenizer.encode("abab").length < letters.length, true);
  });

  it("refuses texts that are not allowed, parts of allowed ones, and longer ones", () => {
    const trie = candidateTrie(tokenizer, ["abab"], end);
    for (const text of ["", "ab", "ababab", "cd", "abab<|end|>"]) {
      throws(() => spell(tokenizer, trie, text, end), { name: "RangeError", message: /does not allow it/ });
    }
  });
});
