import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  candidatesConstraint,
  choice,
  type Constraint,
  digits,
  finiteConstraint,
  type Grammar,
  integer,
  sequence,
  text,
  type Tokenizer,
  trainTokenizer,
} from "../../src/language/mod.ts";

const kernels = await loadKernels();
const words = Array(9).fill("north northwest go to the north gate and take the lamp 2024 2025");
const tokenizer = trainTokenizer(kernels, words, { vocabularySize: 330 });
const merging = trainTokenizer(kernels, Array(9).fill("100 1000 2024 2025 10 -12"), {
  vocabularySize: 300,
  numbers: "joined",
});

/** Every text that the automaton allows, with its tokens. */
function language(of: Constraint, by: Tokenizer): Map<string, number[]> {
  const all = new Map<string, number[]>();
  const wordsPerMask = Math.ceil(of.vocabularySize / 32);
  const walk = (state: number, tokens: number[]) => {
    if (of.allowedCounts[state] === 0) return all.set(by.decode(tokens), tokens);
    for (let token = 0; token < of.vocabularySize; token++) {
      if (of.masks[state * wordsPerMask + (token >> 5)] >>> (token % 32) & 1) {
        walk(of.next(state, token), [...tokens, token]);
      }
    }
  };
  walk(0, []);
  return all;
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => String(from + i)).sort();

describe("finiteConstraint()", () => {
  it("allows exactly a choice of texts in the tokenizer's own tokens", () => {
    const texts = ["go north.", "go northwest.", "go.", "take the lamp.", "no."];
    const got = language(finiteConstraint(tokenizer, choice(...texts.map(text))), tokenizer);
    deepEqual([...got.keys()].sort(), [...texts].sort());
    for (const [each, tokens] of got) deepEqual(tokens, [...tokenizer.encode(each)]);
  });

  it("joins alternatives that begin alike into one state", () => {
    const constraint = finiteConstraint(tokenizer, choice(text("go to x"), sequence(text("go to "), text("y"))));
    equal(constraint.allowedCounts.filter((count) => count > 1).length, 1);
  });

  it("allows digits() and integer() exactly, whatever the tokenizer does with numbers", () => {
    fc.assert(
      fc.property(fc.integer({ min: -120, max: 1100 }), fc.nat(160), (from, length) => {
        for (const by of [tokenizer, merging]) {
          const got = language(finiteConstraint(by, sequence(integer(from, from + length), text(";"))), by);
          deepEqual([...got.keys()].map((n) => n.slice(0, -1)).sort(), numbers(from, from + length));
          for (const [each, tokens] of got) deepEqual(tokens, [...by.encode(each)], each);
        }
      }),
      { numRuns: 25 },
    );
    deepEqual(
      [...language(finiteConstraint(merging, sequence(text("O"), digits(2), text("!"))), merging).keys()].sort(),
      numbers(100, 199).map((n) => `O${n.slice(1)}!`),
    );
  });

  it("needs few states for long numbers", () => {
    const constraint = finiteConstraint(tokenizer, sequence(integer(0, 987_654_321), text(".")));
    equal(constraint.allowedCounts.length < 40, true);
  });

  it("throws RangeError when the grammar allows nothing or does not say where it ends", () => {
    const refused: Grammar[] = [choice(), text(""), choice(text("go"), text("go north")), integer(1, 10)];
    for (const grammar of refused) throws(() => finiteConstraint(tokenizer, grammar), RangeError);
    throws(() => digits(-1), RangeError);
    throws(() => integer(2, 1), RangeError);
  });
});

describe("candidatesConstraint()", () => {
  it("tells candidates that begin alike apart by their end", () => {
    throws(() => candidatesConstraint(tokenizer, ["go", "go north"]), RangeError);
    const got = language(candidatesConstraint(tokenizer, ["go", "go north"], { end: "\n" }), tokenizer);
    deepEqual([...got.keys()].sort(), ["go\n", "go north\n"]);
  });

  it("allows many candidates", () => {
    const candidates = Array.from({ length: 300 }, (_, i) => `take lamp ${i} now`);
    equal(language(candidatesConstraint(tokenizer, candidates), tokenizer).size, 300);
  });
});
