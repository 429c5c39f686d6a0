import { describe, it } from "@std/testing/bdd";
import { equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { ndcg, recallAt } from "../../src/rl/mod.ts";

const near = (actual: number, expected: number): void =>
  ok(Math.abs(actual - expected) < 1e-12, `${actual} ${expected}`);
const [first, second, third, fourth] = [1, 1 / Math.log2(3), 1 / 2, 1 / Math.log2(5)];

/** Retrieved, relevant, k and `sklearn.metrics.ndcg_score` (scikit-learn 1.7.2) of gains 0 and 1. */
const RECORDED: readonly (readonly [string, string, number, number])[] = [
  ["325410", "34", 5, 0.8772153153380493],
  ["102453", "01", 2, 1.0],
  ["57624013", "0134", 5, 0.15101961822780527],
  ["34102", "0124", 5, 0.7606395682357036],
  ["1349780652", "017", 3, 0.46927872602275655],
  ["0132", "013", 1, 1.0],
  ["4062531", "125", 20, 0.5400753810454858],
];

describe("ndcg()", () => {
  it("is the gain of what was found over that of the best order of all that is relevant", () => {
    // a second, b fourth, c not found: the ideal has all three.
    near(ndcg(["x", "a", "y", "b"], ["a", "b", "c"], 5), (second + fourth) / (first + second + third));
    // Only two places count: the ideal has two.
    near(ndcg(["x", "a", "y", "b"], ["a", "b", "c"], 2), second / (first + second));
    near(ndcg(["a"], ["a", "b"], 5), first / (first + second));
    equal(ndcg(["b", "a", "x"], ["a", "b"], 5), 1);
    equal(ndcg(["x"], ["a"], 5), 0);
    equal(ndcg([], ["a"], 5), 0);
  });

  it("counts what stands twice once", () => {
    near(ndcg(["a", "a"], ["a", "b"], 2), first / (first + second));
    near(ndcg(["a"], ["a", "a"], 2), 1);
  });

  it("is that of scikit-learn", () => {
    for (const [retrieved, relevant, k, value] of RECORDED) near(ndcg([...retrieved], [...relevant], k), value);
  });

  it("lies in [0, 1], falls when a relevant item moves back, and recall does not rise with fewer places", () => {
    const names = fc.uniqueArray(fc.integer({ min: 0, max: 30 }).map(String), { minLength: 1, maxLength: 12 });
    fc.assert(fc.property(names, names, fc.integer({ min: 1, max: 8 }), (retrieved, relevant, k) => {
      const value = ndcg(retrieved, relevant, k);
      ok(value >= 0 && value <= 1 + 1e-12);
      ok(recallAt(retrieved, relevant, k) <= recallAt(retrieved, relevant, k + 1));
      ok(ndcg(["none", ...retrieved], relevant, k) <= value + 1e-12);
    }));
  });

  it("refuses what has no meaning", () => {
    throws(() => ndcg(["a"], [], 5), /nothing is relevant/);
    for (const k of [0, 1.5, NaN]) throws(() => ndcg(["a"], ["a"], k), RangeError);
  });
});

describe("recallAt()", () => {
  it("is the share of the relevant that stands among the first", () => {
    near(recallAt(["x", "a", "y", "b"], ["a", "b", "c"], 5), 2 / 3);
    near(recallAt(["x", "a", "y", "b"], ["a", "b", "c"], 3), 1 / 3);
    equal(recallAt(["a", "a"], ["a", "b"], 2), 1 / 2);
    equal(recallAt([], ["a"], 5), 0);
    throws(() => recallAt(["a"], [], 5), /nothing is relevant/);
    throws(() => recallAt(["a"], ["a"], 0), RangeError);
  });
});
