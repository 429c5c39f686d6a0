import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { ShapeError } from "../../src/errors.ts";
import { loadKernels, randomStream } from "../../src/kernels/mod.ts";
import {
  type BanditKind,
  createBaggedOracle,
  createContextualBandit,
  createExp4,
  createLinearBandit,
  explorationProbabilities,
  pickIndex,
} from "../../src/rl/mod.ts";
import { ridgeOracle, solveOracle } from "../oracles/linear_bandit.ts";

const kernels = await loadKernels();
const near = (got: number, want: number, tolerance = 1e-8): void =>
  ok(Math.abs(got - want) <= tolerance * (1 + Math.abs(want)), `${got} is not near ${want}`);
const number = fc.double({ min: -2, max: 2, noNaN: true });
const vector = fc.array(number, { minLength: 3, maxLength: 3 });
const rounds = fc.array(fc.record({ context: vector, action: fc.nat(1), reward: number }), { maxLength: 15 });

describe("createLinearBandit()", () => {
  it("agrees with a regression over all rounds at once", () => {
    fc.assert(fc.property(rounds, vector, fc.constantFrom(0.5, 1, 3), (list, query, ridge) => {
      const bandit = createLinearBandit({ actions: 2, features: 3, ridge });
      list.forEach((round) => bandit.learn(round));
      const [means, bounds] = [bandit.means(query), bandit.upperBounds(query, 1.5)];
      for (const action of [0, 1]) {
        const { a, b } = ridgeOracle(list.filter((round) => round.action === action), 3, ridge);
        const beta = solveOracle(a, b);
        const mean = query.reduce((sum, x, i) => sum + x * beta[i], 0);
        const spread = solveOracle(a, query).reduce((sum, y, i) => sum + y * query[i], 0);
        near(means[action], mean);
        near(bounds[action], mean + 1.5 * Math.sqrt(Math.max(0, spread)), 1e-6);
        bandit.coefficients(action).forEach((x, i) => near(x, beta[i]));
      }
    }));
  });

  it("draws from a normal distribution with its means and spreads", () => {
    const bandit = createLinearBandit({ actions: 2, features: 2 });
    bandit.learn({ context: [1, 0.5], action: 0, reward: 1 });
    bandit.learn({ context: [0.5, -1], action: 0, reward: 0.2 });
    const context = [1, 1];
    const draws = bandit.draws(context, 20_000, 2, randomStream(kernels, 9, 0));
    const [means, bounds] = [bandit.means(context), bandit.upperBounds(context, 2)];
    for (const action of [0, 1]) {
      const own = draws.filter((_, i) => i % 2 === action);
      const mean = own.reduce((sum, x) => sum + x, 0) / own.length;
      const deviation = Math.sqrt(own.reduce((sum, x) => sum + (x - mean) ** 2, 0) / own.length);
      const want = bounds[action] - means[action];
      near(mean, means[action], 4 * want / Math.sqrt(own.length));
      near(deviation / want, 1, 0.02);
    }
  });

  it("is its mean without uncertainty, and narrows with every round", () => {
    const bandit = createLinearBandit({ actions: 1, features: 2 });
    let before = Infinity;
    for (let t = 0; t < 20; t++) {
      const width = bandit.upperBounds([1, 2], 1)[0] - bandit.means([1, 2])[0];
      ok(width < before);
      before = width;
      bandit.learn({ context: [1, 2], action: 0, reward: 0.5 });
    }
    deepEqual(bandit.upperBounds([1, 2], 0), bandit.means([1, 2]));
    deepEqual(bandit.samples([1, 2], [3, -3], 0), bandit.means([1, 2]));
  });

  it("learns which action is best, and its propensities add up to 1", () => {
    const uniform = randomStream(kernels, 11, 0);
    const bandit = createLinearBandit({ actions: 3, features: 2 });
    let late = 0;
    for (let t = 0; t < 600; t++) {
      const context = [1, uniform() - 0.5];
      const best = context[1] > 0 ? 0 : 2;
      const draws = bandit.draws(context, 32, 0.5, uniform);
      const scores = Float32Array.from(bandit.means(context));
      const probabilities = explorationProbabilities(kernels, scores, { kind: "thompson" }, { t, draws });
      near(probabilities.reduce((sum, p) => sum + p, 0), 1, 1e-5);
      const action = pickIndex(probabilities, uniform());
      bandit.learn({ context, action, reward: Number(uniform() < (action === best ? 0.9 : action === 1 ? 0.5 : 0.1)) });
      if (t >= 400) late += Number(action === best);
    }
    ok(late / 200 > 0.8, `${late} of 200`);
  });

  it("refuses what does not fit and learns nothing of what is not finite", () => {
    const bandit = createLinearBandit({ actions: 2, features: 2 });
    throws(() => bandit.means([1]), ShapeError);
    throws(() => bandit.samples([1, 1], [0], 1), ShapeError);
    throws(() => bandit.learn({ context: [1, 1], action: 2, reward: 1 }), /action 2: it is none of 2/);
    for (const bad of [{ context: [NaN, 1], reward: 1 }, { context: [1, 1], reward: Infinity }]) {
      throws(() => bandit.learn({ ...bad, action: 0 }), /not finite/);
    }
    deepEqual([...bandit.means([1, 1])], [0, 0]);
    for (const wrong of [{ actions: 0 }, { features: -1 }, { ridge: 0 }]) {
      throws(() => createLinearBandit({ actions: 1, features: 1, ...wrong }), RangeError);
    }
  });
});

describe("createBaggedOracle()", () => {
  const options = { actions: 2, features: 1, loss: "squared", learningRate: 0.1 } as const;
  it("draws each round as often as a Poisson(1) number says", () => {
    // With a rate of 0.1 and a reward of 1, k draws bring the estimate to 1 − 0.9^k.
    for (const [uniform, draws] of [[0, 0], [0.36, 0], [0.37, 1], [0.73, 1], [0.74, 2], [0.92, 3]]) {
      const bags = createBaggedOracle({ ...options, bags: 1, uniform: () => uniform });
      bags.learn({ context: [1], action: 1, reward: 1 });
      near(bags.predict([1])[1], 1 - 0.9 ** draws);
    }
  });

  it("has models that disagree where little is known and agree where much is", () => {
    const bags = createBaggedOracle({ ...options, bags: 20, uniform: randomStream(kernels, 2, 0) });
    const disagreement = (): number => {
      const own = bags.draws([1]).filter((_, i) => i % 2 === 0);
      const mean = own.reduce((sum, x) => sum + x, 0) / 20;
      return own.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 20;
    };
    for (let t = 0; t < 3; t++) bags.learn({ context: [1], action: 0, reward: 1 });
    const early = disagreement();
    for (let t = 0; t < 300; t++) bags.learn({ context: [1], action: 0, reward: 1 });
    ok(early > 0.01 && disagreement() < early / 100, `${early}, ${disagreement()}`);
    equal(bags.draws([1]).length, 40);
    for (const count of [0, 1.5]) {
      throws(() => createBaggedOracle({ ...options, bags: count, uniform: () => 0 }), RangeError);
    }
  });
});

describe("createExp4()", () => {
  it("follows the better of two experts, and has less regret than the worse one", () => {
    const uniform = randomStream(kernels, 3, 0);
    const choice = createExp4({ experts: 2, actions: 3, learningRate: 0.05 });
    const advice = [0.9, 0.05, 0.05, 0.1, 0.1, 0.8];
    let total = 0;
    for (let t = 0; t < 1000; t++) {
      const probabilities = choice.probabilities(advice);
      const action = pickIndex(Float32Array.from(probabilities), uniform());
      const reward = Number(uniform() < [0.2, 0.5, 0.8][action]);
      total += reward;
      choice.learn({ advice, action, reward });
    }
    const best = 0.1 * 0.2 + 0.1 * 0.5 + 0.8 * 0.8;
    ok(choice.weights()[1] > 0.95);
    ok(total / 1000 > best - 0.1, `${total / 1000}, the better expert earns ${best}`);
  });

  it("moves trust by unbiased estimates of each expert's loss", () => {
    // E over the chosen action of the estimate is Σ_a ξ(a)(1 − r(a)).
    const advice = [0.5, 0.5, 0.2, 0.8];
    const rewards = [0.25, 0.75];
    let difference = 0;
    const fresh = () => createExp4({ experts: 2, actions: 2, learningRate: 1 });
    const probabilities = fresh().probabilities(advice);
    rewards.forEach((reward, action) => {
      const choice = fresh();
      choice.learn({ advice, action, reward });
      const [a, b] = choice.weights();
      // Only the difference of losses is in the weights: ln(b/a) = L̂_a − L̂_b.
      difference += probabilities[action] * Math.log(b / a);
    });
    const loss = (e: number) => rewards.reduce((sum, r, a) => sum + advice[2 * e + a] * (1 - r), 0);
    near(difference, loss(0) - loss(1));
  });

  it("keeps the floor, stays finite for long, and refuses senseless advice", () => {
    const choice = createExp4({ experts: 2, actions: 2, learningRate: 1, floor: 0.2 });
    const advice = [1, 0, 0, 1];
    for (let t = 0; t < 5000; t++) choice.learn({ advice, action: 1, reward: 0 });
    near(choice.probabilities(advice)[1], 0.1);
    near(choice.weights().reduce((sum, w) => sum + w, 0), 1);
    throws(() => choice.probabilities([1, 0]), ShapeError);
    for (const bad of [[1, 1, 0, 1], [2, -1, 0, 1], [NaN, 1, 0, 1]]) {
      throws(() => choice.probabilities(bad), /expert 0/);
    }
    throws(() => choice.learn({ advice, action: 0, reward: 2 }), /the reward is 2/);
    throws(() => choice.learn({ advice, action: 5, reward: 1 }), /cannot have been chosen/);
    throws(() => createExp4({ experts: 0, actions: 1, learningRate: 1 }), RangeError);
    throws(() => createExp4({ experts: 1, actions: 1, learningRate: 1, floor: 2 }), RangeError);
  });
});

describe("createContextualBandit()", () => {
  const kinds: BanditKind[] = [
    { kind: "epsilon-greedy", epsilon: 0.1 },
    { kind: "softmax", temperature: 0.1 },
    { kind: "inverse-gap", scale: 10 },
    { kind: "linucb", alpha: 1 },
    { kind: "lints", alpha: 0.5 },
    { kind: "bags", bags: 8, learningRate: 0.5 },
  ];
  const all: BanditKind[] = [...kinds, { kind: "exp4", experts: [{ kind: "greedy" }, ...kinds], learningRate: 0.05 }];
  for (const kind of all) {
    it(`${kind.kind} learns which of three actions is right, with propensities that add up to 1`, () => {
      const luck = randomStream(kernels, 5, 1);
      const options = { actions: 3, features: 2, uniform: randomStream(kernels, 5, 0) };
      const bandit = createContextualBandit(kernels, kind, options);
      let late = 0;
      for (let t = 0; t < 600; t++) {
        const side = Math.sign(luck() - 0.5);
        const probabilities = bandit.probabilities([1, side]);
        near(probabilities.reduce((sum, p) => sum + p, 0), 1, 1e-5);
        const action = pickIndex(probabilities, luck());
        bandit.learn(action, Number(luck() < [0.6 + 0.3 * side, 0.3, 0.6 - 0.3 * side][action]));
        if (t >= 400) late += Number(action === (side > 0 ? 0 : 2));
      }
      ok(late / 200 > 0.7, `${late} of 200`);
    });
  }

  it("says that nothing was chosen yet", () => {
    const bandit = createContextualBandit(kernels, kinds[0], { actions: 2, features: 1, uniform: () => 0 });
    throws(() => bandit.learn(0, 1), /ask for the probabilities first/);
    throws(() => bandit.probabilities([1, 2]), ShapeError);
  });
});
