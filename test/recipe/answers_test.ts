import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { loadKernels } from "../../src/kernels/mod.ts";
import { createLinearPolicy } from "../../src/policy/mod.ts";
import {
  answersTo,
  exampleOf,
  imitate,
  measureAnswers,
  measureRanking,
  rankAnswers,
  smallTransformer,
} from "../../src/recipe/mod.ts";

const kernels = await loadKernels();
const names = ["north", "south", "east", "west"];
const examples = names.map((answer, index) => ({ question: `way ${index}`, answer }));
const questions = examples.map(({ question }) => question);

describe("answers", () => {
  it("are ranked, drawn and measured alike", () => {
    using policy = smallTransformer(kernels, questions, { seed: 2, words: names, hiddenSize: 16, layers: 1 });
    const learned = examples.map((example) => exampleOf(policy, example));
    for (let update = 0; update < 40; update++) imitate(kernels, policy, learned, { learningRate: 0.01 });
    const ranked = rankAnswers(policy, questions, { count: 3, candidates: names });
    ok(ranked.every((answers) => answers.length === 3 && new Set(answers).size === 3));
    deepEqual(ranked.map(([first]) => first), answersTo(policy, questions, { candidates: names }));
    equal(measureAnswers(policy, examples, names), ranked.filter(([first], i) => first === names[i]).length / 4);
    const draw = (seed: number): string[] =>
      answersTo(policy, Array(64).fill("way 9"), { temperature: 1, seed, candidates: names });
    deepEqual(draw(1), draw(1));
    ok(new Set([...draw(1), ...draw(2)]).size > 1);
  });

  it("rankAnswers() refuses a policy that cannot", () => {
    using policy = createLinearPolicy(kernels, { bits: 10 });
    throws(() => rankAnswers(policy, questions, { count: 2, candidates: names }), /a linear policy does not rank/);
  });
});

describe("measureRanking()", () => {
  it("is the mean over questions", () => {
    const asked = [{ question: "a", answer: "x" }, { question: "b", answer: ["y", "z"] }];
    const found = [["q", "x"], ["y"]];
    const { ndcg, recall, first } = measureRanking(asked, (texts) => (deepEqual(texts, ["a", "b"]), found), 2);
    // Second of one: 1 / log2 3. First of two: 1 / (1 + 1 / log2 3).
    ok(Math.abs(ndcg - (1 / Math.log2(3) + 1 / (1 + 1 / Math.log2(3))) / 2) < 1e-12);
    deepEqual([recall, first], [(1 + 1 / 2) / 2, 1 / 2]);
    throws(() => measureRanking([], () => [], 2), /no questions/);
  });
});
