import { describe, it } from "@std/testing/bdd";
import { deepEqual, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { searchWords, wordIndex } from "../../src/language/mod.ts";

/** The formula, document by document. */
function oracle(
  documents: readonly (readonly string[])[],
  question: readonly string[],
  k1: number,
  b: number,
): number[] {
  const mean = documents.flat().length / documents.length;
  return documents.map((words) =>
    question.reduce((sum, word) => {
      const having = documents.filter((each) => each.includes(word)).length;
      const times = words.filter((each) => each === word).length;
      const rarity = Math.log((documents.length + 1) / (having + 0.5));
      return sum + rarity * times * (k1 + 1) / (times + k1 * (1 - b + b * words.length / mean));
    }, 0)
  );
}

describe("wordIndex()", () => {
  it("scores as by hand", () => {
    // N = 2, mean length 2. "b": n = 2, idf = ln(1 + 0.5/2.5) = ln 1.2; "a": n = 1, idf = ln(1 + 1.5/1.5) = ln 2.
    // d0 = a a b: length 3, 1 − 0.75 + 0.75·1.5 = 1.375. a: 2·2.2/(2 + 1.65) = 1.20548; b: 2.2/(1 + 1.65) = 0.83019.
    // d1 = b: length 1, 0.625. b: 2.2/(1 + 0.75) = 1.25714.
    const [first, second] = wordIndex([["a", "a", "b"], ["b"]]).search(["a", "b"], 5);
    ok(Math.abs(first.score - (1.205479 * Math.log(2) + 0.830189 * Math.log(1.2))) < 1e-5);
    ok(Math.abs(second.score - 1.257143 * Math.log(1.2)) < 1e-5);
    deepEqual([first.index, second.index], [0, 1]);
  });

  it("is the formula, on any documents, and forgets a search when it is over", () => {
    const word = fc.constantFrom(..."abcdef");
    const documents = fc.array(fc.array(word, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 12 });
    const constants = fc.tuple(
      fc.double({ min: 0.1, max: 3, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(fc.property(documents, fc.array(word, { maxLength: 5 }), constants, (texts, question, [k1, b]) => {
      const index = wordIndex(texts, { k1, b });
      index.search([..."abc"], 3);
      const expected = oracle(texts, question, k1, b);
      const found = index.search(question, 100);
      deepEqual(found.map((match) => match.index).sort(), [...expected.keys()].filter((i) => expected[i] > 0).sort());
      for (const [place, { index, score }] of found.entries()) {
        ok(Math.abs(score - expected[index]) < 1e-9);
        ok(place === 0 || found[place - 1].score >= score);
      }
      deepEqual(index.search(question, 2), found.slice(0, 2));
    }));
  });

  it("leaves out words that stand nearly everywhere", () => {
    const index = wordIndex([["the", "cat"], ["the", "dog"], ["the", "the"]], { maximumShare: 0.9 });
    deepEqual(index.search(["the", "dog"], 3).map((match) => match.index), [1]);
    deepEqual(index.search(["the"], 3), []);
    deepEqual(wordIndex([]).search(["a"], 1), []);
  });

  it("refuses constants out of their range", () => {
    for (const options of [{ k1: -1 }, { b: 1.1 }, { maximumShare: 0 }]) {
      throws(() => wordIndex([], options), RangeError);
    }
    throws(() => wordIndex([["a"]]).search(["a"], 0), RangeError);
  });
});

describe("searchWords()", () => {
  it("cuts names as programmers write them", () => {
    deepEqual(searchWords("rapid.Movie_Showtimes._api_all"), ["rapid", "movie", "showtime", "api", "all"]);
    deepEqual(searchWords("the bus's class; sales2Go"), ["the", "bus", "s", "class", "sales2", "go"]);
    deepEqual(searchWords("… !"), []);
  });
});
