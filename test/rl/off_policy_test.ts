import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  bootstrapBounds,
  doublyRobust,
  effectiveSampleSize,
  empiricalBernstein,
  ips,
  loadKernels,
  type MeanBounds,
  normalBounds,
  normalQuantile,
  pairedDifference,
  snips,
} from "../../src/mod.ts";
import { randomStream } from "../../src/kernels/mod.ts";

const kernels = await loadKernels();
const close = (actual: number, expected: number, by = 1e-12): void =>
  ok(Math.abs(actual - expected) <= by, `${actual} is not ${expected}`);

/** A bandit small enough to list everything that can happen: two contexts, three actions, rewards 0 or 1. */
const contexts = [0.4, 0.6];
const logging = [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]];
const target = [[0, 1, 0], [0.25, 0.5, 0.25]];
const worth = [[0.2, 0.9, 0.5], [0.6, 0.1, 0.7]];
/** A model of the rewards that is wrong everywhere. */
const model = [[0.5, 0.4, 0.1], [0.9, 0.5, 0.2]];
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + x * b[i], 0);
const value = dot(contexts, target.map((row, x) => dot(row, worth[x])));

/** Every (context, action, reward) with its probability. */
const outcomes = contexts.flatMap((share, x) =>
  logging[x].flatMap((propensity, a) =>
    [0, 1].map((reward) => ({ x, a, reward, p: share * propensity * (reward ? worth[x][a] : 1 - worth[x][a]) }))
  )
);
type Outcome = Omit<(typeof outcomes)[number], "p">;
const columnsOf = (steps: readonly Outcome[]) => ({
  probabilities: Float64Array.from(steps, ({ x, a }) => target[x][a]),
  propensities: Float64Array.from(steps, ({ x, a }) => logging[x][a]),
  rewards: Float64Array.from(steps, ({ reward }) => reward),
  logged: Float64Array.from(steps, ({ x, a }) => model[x][a]),
  own: Float64Array.from(steps, ({ x }) => dot(target[x], model[x])),
});
/** A log of `n` steps drawn from the bandit. */
function draw(n: number, seed: number): Outcome[] {
  const uniform = randomStream(kernels, seed, 0);
  return Array.from({ length: n }, () => {
    let u = uniform();
    return outcomes.find(({ p }) => (u -= p) < 0) ?? outcomes[0];
  });
}

describe("ips() and doublyRobust()", () => {
  it("are unbiased: the expectation over every log of two steps is the policy's value, with a wrong model too", () => {
    let byIps = 0, byModel = 0;
    for (const one of outcomes) {
      for (const two of outcomes) {
        const columns = columnsOf([one, two]);
        byIps += one.p * two.p * ips(columns).estimate;
        byModel += one.p * two.p * doublyRobust(columns).estimate;
      }
    }
    close(byIps, value);
    close(byModel, value);
  });

  it("doublyRobust() has no error at all when the model is right and rewards are certain", () => {
    const steps = draw(20, 1).map(({ x, a }) => ({ x, a, reward: worth[x][a] }));
    const columns = {
      ...columnsOf(steps),
      logged: Float64Array.from(steps, ({ x, a }) => worth[x][a]),
      own: Float64Array.from(steps, ({ x }) => dot(target[x], worth[x])),
    };
    close(doublyRobust(columns).estimate, steps.reduce((sum, { x }) => sum + dot(target[x], worth[x]), 0) / 20);
  });

  it("doublyRobust() is ips() when the model says 0, and snips() when it is self-normalized", () => {
    const columns = columnsOf(draw(50, 2)), zero = new Float64Array(50);
    const silent = { ...columns, logged: zero, own: zero };
    deepEqual(doublyRobust(silent), ips(columns));
    const [mine, theirs] = [doublyRobust(silent, { selfNormalized: true }), snips(columns)];
    close(mine.estimate, theirs.estimate);
    mine.terms.forEach((term, i) => close(term, theirs.terms[i]));
  });

  it("cut weights at the clip and tell how many", () => {
    // Weights 1/0.1 = 10 and 1/0.5 = 2; cut at 4: (4·1 + 2·1) / 2 = 3.
    const { estimate, clippedShare } = ips({
      probabilities: Float64Array.of(1, 1),
      propensities: Float64Array.of(0.1, 0.5),
      rewards: Float64Array.of(1, 1),
    }, { clip: 4 });
    equal(estimate, 3);
    equal(clippedShare, 0.5);
  });

  it("refuse propensities that cannot be", () => {
    for (const propensity of [0, -1, 1.01, NaN]) {
      const one = Float64Array.of(1);
      throws(() => ips({ probabilities: one, propensities: Float64Array.of(propensity), rewards: one }), RangeError);
    }
    throws(() => ips({ ...columnsOf(draw(3, 1)), rewards: new Float64Array(2) }), /expected 2, got 3/);
  });
});

describe("snips()", () => {
  it("comes close to the value, shifts with the rewards, and is 0 when nothing overlaps", () => {
    const columns = columnsOf(draw(20_000, 3));
    close(snips(columns).estimate, value, 0.02);
    close(
      snips({ ...columns, rewards: columns.rewards.map((r) => r + 5) }).estimate,
      snips(columns).estimate + 5,
      1e-9,
    );
    equal(snips({ ...columns, probabilities: new Float64Array(20_000) }).estimate, 0);
  });

  it("has terms whose mean is the estimate", () => {
    const { estimate, terms } = snips(columnsOf(draw(100, 4)));
    close(terms.reduce((sum, term) => sum + term, 0) / 100, estimate, 1e-9);
  });
});

describe("effectiveSampleSize()", () => {
  it("is the number of equal weights, and (Σw)²/Σw² otherwise", () => {
    equal(effectiveSampleSize(Float64Array.of(3, 3, 3)), 3);
    equal(effectiveSampleSize(Float64Array.of(1, 2)), 9 / 5);
    equal(effectiveSampleSize(new Float64Array(4)), 0);
  });
});

describe("bounds on a mean", () => {
  const CONFIDENCE = 0.9, RUNS = 200, STEPS = 300;
  /** How often the truth lies inside the lower and the upper bound, over seeded logs. */
  function coverage(bound: (terms: Float64Array, seed: number) => MeanBounds): readonly [lower: number, upper: number] {
    let below = 0, above = 0;
    for (let seed = 0; seed < RUNS; seed++) {
      const { lower, upper } = bound(ips(columnsOf(draw(STEPS, 100 + seed))).terms, seed);
      below += Number(lower <= value);
      above += Number(value <= upper);
    }
    return [below / RUNS, above / RUNS];
  }

  it("empiricalBernstein() covers at least as often as it says", () => {
    // The largest weight is 0.5 / 0.1.
    const [lower, upper] = coverage((terms) => empiricalBernstein(terms, { range: 5, confidence: CONFIDENCE }));
    ok(lower >= CONFIDENCE && upper >= CONFIDENCE, `${lower}, ${upper}`);
  });

  it("bootstrapBounds() and normalBounds() cover as often as they say, up to chance over 200 logs", () => {
    const chance = 3 * Math.sqrt(CONFIDENCE * (1 - CONFIDENCE) / RUNS);
    const resampled = coverage((terms, seed) =>
      bootstrapBounds(terms, { uniform: randomStream(kernels, seed, 1), confidence: CONFIDENCE, resamples: 200 })
    );
    const normal = coverage((terms) => normalBounds(terms, 5, CONFIDENCE));
    ok(Math.min(...resampled, ...normal) >= CONFIDENCE - chance, `${resampled}, ${normal}`);
    // Bounds that always cover say nothing: these are not wider than they need to be.
    ok(Math.min(...resampled, ...normal) < 1);
  });

  it("know nothing of fewer than two values", () => {
    for (
      const bounds of [empiricalBernstein(Float64Array.of(1), { range: 1 }), normalBounds(Float64Array.of(1), 1, 0.9)]
    ) {
      deepEqual(bounds, { mean: 1, lower: -Infinity, upper: Infinity });
    }
  });

  it("empiricalBernstein() is the formula, by hand", () => {
    // n = 2, V = 0.5, ln(2/0.5) = ln 4: √(2·0.5·ln4/2) + 7·1·ln4/3
    const width = Math.sqrt(Math.log(4) / 2) + 7 * Math.log(4) / 3;
    const { mean, lower, upper } = empiricalBernstein(Float64Array.of(0, 1), { range: 1, confidence: 0.5 });
    equal(mean, 0.5);
    close(lower, 0.5 - width);
    close(upper, 0.5 + width);
  });
});

describe("pairedDifference()", () => {
  it("is tighter than two estimates apart where policies mostly agree, and shows which is better", () => {
    const columns = columnsOf(draw(3000, 9));
    // The other policy differs in context 0 only, where it takes the worst action: it loses 0.4 · (0.9 − 0.2).
    const worse = { ...columns, probabilities: columns.probabilities.slice() };
    draw(3000, 9).forEach(({ x, a }, i) => x === 0 && (worse.probabilities[i] = a === 0 ? 1 : 0));
    const difference = pairedDifference(ips(worse), ips(columns));
    const bounds = normalBounds(difference, 10, 0.95);
    ok(bounds.upper < 0 && bounds.lower < -0.28 && -0.28 < bounds.upper, JSON.stringify(bounds));
    deepEqual(pairedDifference(ips(columns), ips(columns)), new Float64Array(3000));
    throws(() => pairedDifference(ips(columns), ips(columnsOf(draw(2, 1)))), /expected 3000, got 2/);
  });
});

describe("normalQuantile()", () => {
  it("is the textbook's number, symmetric, and refuses what is no probability", () => {
    close(normalQuantile(0.5), 0);
    close(normalQuantile(0.95), 1.6448536269514722, 1e-8);
    close(normalQuantile(0.001), -3.090232306167813, 1e-8);
    close(normalQuantile(0.001), -normalQuantile(0.999), 1e-12);
    for (const p of [0, 1, NaN]) throws(() => normalQuantile(p), RangeError);
  });
});
