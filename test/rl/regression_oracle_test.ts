import { describe, it } from "@std/testing/bdd";
import { deepEqual, ok, throws } from "node:assert/strict";
import { createRegressionOracle, doublyRobustTargets } from "../../src/rl/mod.ts";

const round = { context: [1, 2], action: 1, reward: 3, probability: 0.25 };

describe("createRegressionOracle()", () => {
  it("makes the step of the formula by hand", () => {
    const squared = createRegressionOracle({
      actions: 2,
      features: 2,
      loss: "squared",
      learningRate: 0.1,
      weightCap: 2,
    });
    squared.learn(round); // error −3, weight min(4, 2), so g = −6 x
    ok(Math.abs(squared.weights[2] - 0.6) < 1e-12 && Math.abs(squared.weights[3] - 1.2) < 1e-12);
    deepEqual([...squared.weights.subarray(0, 2)], [0, 0]);
    ok(Math.abs(squared.predict([1, 0])[1] - 0.6) < 1e-12);
    const adagrad = createRegressionOracle({ actions: 2, features: 2, optimizer: "adagrad", learningRate: 0.1 });
    adagrad.learn({ ...round, reward: 1 });
    ok(adagrad.weights.subarray(2).every((w) => Math.abs(w - 0.1) < 1e-7));
  });

  it("comes near the truth when actions are judged at random", () => {
    const oracle = createRegressionOracle({ actions: 2, features: 2, loss: "squared", learningRate: 0.1 });
    for (let i = 0; i < 400; i++) {
      const context = [1, i % 5 - 2];
      oracle.learn({ context, action: i % 2, reward: i % 2 === 0 ? 0.5 + context[1] : -context[1] });
    }
    [0.5, 1, 0, -1].forEach((w, at) => ok(Math.abs(oracle.weights[at] - w) < 1e-3));
  });

  it("refuses sizes, contexts, actions and probabilities that do not fit", () => {
    throws(() => createRegressionOracle({ actions: 0, features: 2, learningRate: 1 }), RangeError);
    throws(() => createRegressionOracle({ actions: 1, features: 2, learningRate: NaN }), RangeError);
    const oracle = createRegressionOracle({ actions: 2, features: 2, learningRate: 1, weightCap: 5 });
    throws(() => oracle.predict([1]), RangeError);
    throws(() => oracle.learn({ ...round, action: 2 }), RangeError);
    throws(() => oracle.learn({ ...round, probability: 0 }), RangeError);
    ok(oracle.weights.every((w) => w === 0));
  });
});

describe("doublyRobustTargets()", () => {
  it("has the truth as its mean over the chosen actions when probabilities are right", () => {
    const [truth, p, guess] = [[0.2, 0.9, 0.4], [0.5, 0.3, 0.2], [0.6, 0.1, 0.3]];
    const mean = [0, 0, 0];
    for (const action of [0, 1, 2]) {
      const targets = doublyRobustTargets(guess, { action, reward: truth[action], probability: p[action] });
      targets.forEach((target, k) => mean[k] += p[action] * target);
    }
    mean.forEach((value, k) => ok(Math.abs(value - truth[k]) < 1e-12));
  });

  it("refuses an action that is none and a probability of 0", () => {
    throws(() => doublyRobustTargets([1], { action: 1, reward: 1 }), RangeError);
    throws(() => doublyRobustTargets([1], { action: 0, reward: 1, probability: 0 }), RangeError);
  });
});
