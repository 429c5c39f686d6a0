import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { loadKernels, randomStream } from "../../src/kernels/mod.ts";
import { type Exploration, explorationProbabilities, pickIndex } from "../../src/rl/mod.ts";

const kernels = await loadKernels();
const probabilities = (scores: readonly number[], exploration: Exploration, t = 1): number[] => [
  ...explorationProbabilities(kernels, Float32Array.from(scores), exploration, { t }),
];
const near = (actual: readonly number[], expected: readonly number[]): void => {
  equal(actual.length, expected.length);
  actual.forEach((a, i) => ok(Math.abs(a - expected[i]) < 1e-6, `${actual} is not ${expected}`));
};

describe("explorationProbabilities()", () => {
  it("gives what the formulas give by hand", () => {
    near(probabilities([1, 3, 3], { kind: "greedy" }), [0, 1, 0]);
    near(probabilities([1, 3, 2], { kind: "epsilon-greedy", epsilon: 0.3 }), [0.1, 0.8, 0.1]);
    near(probabilities([0, Math.log(3)], { kind: "softmax", temperature: 1 }), [0.25, 0.75]);
    // γ = 2·√9 = 6, K = 3: 1/(3 + 6·0.5) and 1/(3 + 6·1).
    const exploration = { kind: "inverse-gap", scale: 2, floor: 0 } as const;
    near(probabilities([0.5, 1, 0], exploration, 9), [1 / 6, 1 - 1 / 6 - 1 / 9, 1 / 9]);
    near(probabilities([0.5, 1, 0], { ...exploration, window: 9 }, 1000), [1 / 6, 1 - 1 / 6 - 1 / 9, 1 / 9]);
    near(probabilities([0.5, 1, 0], { ...exploration, floor: 0.15 }, 9), [1 / 6, 1 - 1 / 6 - 0.15, 0.15]);
    const draws = Float32Array.of(1, 2, 2, 1, 0, 5, 0, 1);
    near([...explorationProbabilities(kernels, Float32Array.of(0, 0), { kind: "thompson" }, { t: 1, draws })], [
      1 / 4,
      3 / 4,
    ]);
  });

  it("is the procedure of drawing extra candidates, averaged, when inverse-gap weighting prunes", () => {
    const scores = Float32Array.of(0.9, 0.2, 0.7, 0.4, 0.3, 0.8);
    const knobs = { kind: "inverse-gap", scale: 5, exponent: 0, floor: 0.1 } as const;
    const pruned = explorationProbabilities(kernels, scores, { ...knobs, top: 2, extra: 1 }, { t: 1 });
    const average = new Float64Array(6);
    for (const extra of [1, 2, 3, 4]) { // all but the best two, 0 and 5
      const chosen = [0, 5, extra];
      const inside = explorationProbabilities(kernels, Float32Array.from(chosen, (i) => scores[i]), knobs, { t: 1 });
      chosen.forEach((candidate, i) => average[candidate] += inside[i] / 4);
    }
    near([...pruned], [...average]);
  });

  it("adds up to 1 within 1e-6 for every kind", () => {
    const scores = fc.array(fc.float({ min: -1000, max: 1000, noNaN: true }), { minLength: 1, maxLength: 200 });
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(scores, unit, fc.nat(50), fc.nat(1e6), (scores, knob, count, t) => {
        const kinds: Exploration[] = [
          { kind: "greedy" },
          { kind: "epsilon-greedy", epsilon: knob },
          { kind: "softmax", temperature: knob + 1e-3 },
          { kind: "inverse-gap", scale: 100 * knob, top: count + 1, extra: count % 7, floor: knob },
          { kind: "inverse-gap" },
          { kind: "thompson" },
        ];
        for (const kind of kinds) {
          const draws = Float32Array.from([...scores, ...scores.toReversed()]);
          const given = explorationProbabilities(kernels, Float32Array.from(scores), kind, { t, draws });
          ok(given.every((p) => p >= 0 && p <= 1), kind.kind);
          ok(Math.abs(given.reduce((sum, p) => sum + p, 0) - 1) <= 1e-6, kind.kind);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("never gives a candidate that can be chosen less than the floor", () => {
    const scores = Array.from({ length: 20 }, (_, i) => i / 20);
    const given = probabilities(scores, { kind: "inverse-gap", scale: 1e6, floor: 0.01 }, 1e6);
    ok(given.every((p) => p >= 0.01 - 1e-7));
  });

  it("explores less as decisions go by, until the window ends", () => {
    const best = [1, 100, 20_000, 1e9].map((t) => probabilities([0.2, 0.7], { kind: "inverse-gap" }, t)[1]);
    ok(best[0] < best[1] && best[1] < best[2]);
    equal(best[2], best[3]);
  });

  it("refuses scores and knobs that mean nothing", () => {
    throws(() => probabilities([], { kind: "greedy" }), RangeError);
    throws(() => probabilities([1, NaN], { kind: "greedy" }), RangeError);
    throws(() => probabilities([1, Infinity], { kind: "softmax", temperature: 1 }), RangeError);
    throws(() => probabilities([1], { kind: "softmax", temperature: 0 }), RangeError);
    throws(() => probabilities([1], { kind: "epsilon-greedy", epsilon: 1.1 }), RangeError);
    throws(() => probabilities([1], { kind: "inverse-gap", top: 0 }), RangeError);
    throws(() => probabilities([1], { kind: "inverse-gap" }, -1), RangeError);
    throws(() => probabilities([1], { kind: "thompson" }), TypeError);
    const draws = Float32Array.of(1, 2, 3);
    const scores = Float32Array.of(1, 2);
    throws(() => explorationProbabilities(kernels, scores, { kind: "thompson" }, { t: 1, draws }), RangeError);
  });
});

describe("pickIndex()", () => {
  it("takes the first index whose cumulative probability exceeds the uniform", () => {
    const p = Float32Array.of(0, 0.25, 0, 0.75, 0);
    deepEqual([0, 0.24, 0.25, 0.999999].map((uniform) => pickIndex(p, uniform)), [1, 1, 3, 3]);
    equal(pickIndex(Float32Array.of(0.5, 0.4999, 0), 0.99999), 1);
    throws(() => pickIndex(p, 1), RangeError);
    throws(() => pickIndex(new Float32Array(), 0), RangeError);
  });

  it("picks as often as the probabilities say", () => {
    const random = randomStream(kernels, 3, 1);
    const p = Float32Array.of(0.1, 0.6, 0.3);
    const counts = [0, 0, 0];
    for (let i = 0; i < 10_000; i++) counts[pickIndex(p, random())]++;
    counts.forEach((count, i) => ok(Math.abs(count / 10_000 - p[i]) < 0.02));
  });
});
