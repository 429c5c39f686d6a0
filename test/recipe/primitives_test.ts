import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { lock, undo } from "../../src/environment/mod.ts";
import { loadKernels, randomStream } from "../../src/kernels/mod.ts";
import { createLinearPolicy, type Policy } from "../../src/policy/mod.ts";
import {
  answersTo,
  collectTranscripts,
  demonstrate,
  environmentsOf,
  exampleOf,
  imitate,
  keyedEnvironment,
  measureSuccess,
  playEpisodes,
  prefaced,
  reinforceSteps,
  smallTransformer,
  stepColumns,
  transcribe,
} from "../../src/recipe/mod.ts";

const kernels = await loadKernels();
const linear = (): Policy => createLinearPolicy(kernels, { bits: 14, bigrams: false, characters: false });
const world = { world: 3, sigils: 6, keys: 3, length: 3, traps: 0, noise: 0, phrasings: 1 };

describe("playEpisodes()", () => {
  it("plays a task alike in any company, and needs an environment for each", () => {
    using policy = linear();
    const play = (tasks: number[], stream: number): unknown =>
      playEpisodes(kernels, policy, { environments: environmentsOf(lock, 4, world), tasks, seed: 5, stream })
        .map(({ decisions, rewards }) => [decisions.map(({ text }) => text), rewards]);
    deepEqual((play([7, 8, 9], 0) as unknown[])[2], (play([9], 2) as unknown[])[0]);
    throws(() => play([1, 2, 3, 4, 5], 0), /Cannot play 5 tasks: there are 4 environments/);
  });
});

describe("imitate()", () => {
  it("learns what it is shown, and nothing from weight 0", () => {
    using policy = linear();
    const environments = environmentsOf(lock, 40, world);
    const shown = Array.from(
      { length: 30 },
      (_, task) => transcribe(environments[0], { task }, (each) => each.gold!()!),
    );
    const trajectories = shown.map((transcript) => demonstrate(policy, transcript));
    const before = measureSuccess(kernels, policy, { environments, first: 1000, seed: 1 });
    imitate(kernels, policy, trajectories, { learningRate: 0.5, weights: trajectories.map(() => 0) });
    equal(measureSuccess(kernels, policy, { environments, first: 1000, seed: 1 }), before);
    const losses = Array.from({ length: 40 }, () => imitate(kernels, policy, trajectories, { learningRate: 0.5 }));
    // The first loss is that of a uniform choice among three keys.
    ok(Math.abs(losses[0] - Math.log(3)) < 1e-5 && losses[39] < losses[0] / 10, `${losses}`);
    equal(measureSuccess(kernels, policy, { environments, first: 1000, seed: 1 }), 1);
  });
});

describe("reinforceSteps()", () => {
  it("makes what was better than expected more likely, and the rest less", () => {
    using policy = linear();
    const episodes = playEpisodes(kernels, policy, {
      environments: environmentsOf(lock, 8, world),
      tasks: [...Array(8).keys()],
      seed: 2,
    });
    const { rewards, stepsPerEpisode } = stepColumns(episodes);
    equal(stepsPerEpisode.reduce((sum, steps) => sum + steps, 0), rewards.length);
    const advantages = rewards.map((reward) => reward > 0 ? 1 : -1);
    const before = policy.evaluate(episodes).logProbs;
    const { ratioMean } = reinforceSteps(kernels, policy, episodes, { advantages }, { learningRate: 0.1 });
    equal(ratioMean, 1);
    const moved = policy.evaluate(episodes).logProbs.map((logProb, step) =>
      (logProb - before[step]) * advantages[step]
    );
    ok(moved.reduce((sum, gain) => sum + gain, 0) > 0.1, `${moved}`);
  });
});

describe("transcripts", () => {
  it("are collected until there are enough of both kinds, and say what was said", () => {
    const random = randomStream(kernels, 1, 0);
    const [environment] = environmentsOf(lock, 1, { ...world, noise: 0.5 });
    const found = collectTranscripts(environment, (each) => each.expert!(random), { failed: 5, solved: 3 });
    deepEqual(found.map(({ success }) => success), [...Array(5).fill(false), ...Array(3).fill(true)]);
    using policy = linear();
    const { decisions } = demonstrate(policy, found[7]);
    deepEqual(decisions.map(({ text }) => text), found[7].steps.map(({ action }) => action));
    ok(Math.abs(found[7].total - 1) < 1e-9);
    throws(() =>
      collectTranscripts(environmentsOf(lock, 1, world)[0], (each) => each.gold!()!, { failed: 1, solved: 1 })
    );
  });
});

describe("keyedEnvironment() and prefaced()", () => {
  it("name the state before each step, and say something before the first", () => {
    const environment = keyedEnvironment(
      prefaced(undo.create(world), [{ role: "system", text: "be right." }]),
      (inner, shown) => `${(inner.snapshot!() as { solved: number }).solved} ${shown.startsWith("be right.")}`,
    );
    const { turns } = environment.reset(1, "train");
    deepEqual(turns[0], { role: "system", text: "be right." });
    environment.step(environment.gold!()!);
    environment.step("nonsense");
    deepEqual(environment.keys, ["0 true", "1 false"]);
    environment.reset(2, "train");
    deepEqual(environment.keys, []);
    ok(environment.actions!().includes("undo"));
  });
});

describe("smallTransformer()", () => {
  it("learns to answer, under candidates and freely", () => {
    const examples = ["north", "south", "east", "west"].map((answer, index) => ({ question: `way ${index}`, answer }));
    const questions = examples.map(({ question }) => question);
    const names = examples.map(({ answer }) => answer);
    using policy = smallTransformer(kernels, questions, {
      seed: 1,
      words: names,
      pieces: 20,
      hiddenSize: 16,
      layers: 1,
    });
    const trajectories = examples.map((example) => exampleOf(policy, example));
    for (let update = 0; update < 60; update++) {
      imitate(kernels, policy, trajectories, { learningRate: 0.01, maxGradientNorm: 1 });
    }
    deepEqual(answersTo(policy, questions, { candidates: names }), names);
    deepEqual(answersTo(policy, questions), names);
    throws(() => exampleOf(policy, { question: "?", answer: "up" }, names), RangeError);
  });
});
