import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { ShapeError } from "../../src/errors.ts";
import { loadKernels, randomStream } from "../../src/kernels/mod.ts";
import {
  audibertBounds,
  bootstrapBounds,
  directMethod,
  doublyRobust,
  fittedQ,
  type FittedQColumns,
  hoeffdingBounds,
  ips,
  normalQuantile,
  overlap,
  replay,
  shrunkDoublyRobust,
  snips,
  studentBounds,
  studentQuantile,
  switchDoublyRobust,
  type TrajectoryColumns,
  trajectoryDoublyRobust,
  trajectoryIps,
  type TrajectoryModelColumns,
} from "../../src/rl/mod.ts";
import { BANDIT, banditLog, CHAIN, type Chain, chainLog, chainValue, chainValues } from "./_coverage.ts";

const kernels = await loadKernels();
const near = (got: number, want: number, tolerance = 1e-9): void =>
  ok(Math.abs(got - want) <= tolerance * (1 + Math.abs(want)), `${got} is not near ${want}`);
const log = banditLog(BANDIT, 200, randomStream(kernels, 1, 0));

describe("switchDoublyRobust() and shrunkDoublyRobust()", () => {
  it("go from the direct method to the doubly robust estimate", () => {
    const [model, robust] = [directMethod(log.own), doublyRobust(log)];
    deepEqual(switchDoublyRobust(log, { threshold: 0 }).terms, model.terms);
    deepEqual(switchDoublyRobust(log, { threshold: Infinity }).terms, robust.terms);
    deepEqual(shrunkDoublyRobust(log, { strength: 0 }).terms, model.terms);
    deepEqual(shrunkDoublyRobust(log, { strength: Infinity }).terms, robust.terms);
    near(shrunkDoublyRobust(log, { strength: 1e12 }).estimate, robust.estimate, 1e-6);
  });

  it("bound their weights, and tell how many they changed", () => {
    const { weights, clippedShare } = switchDoublyRobust(log, { threshold: 1.2 });
    const above = ips(log).weights.filter((w) => w > 1.2).length;
    ok(weights.every((w) => w <= 1.2));
    near(clippedShare, above / 200);
    ok(shrunkDoublyRobust(log, { strength: 4 }).weights.every((w) => w <= 1 + 1e-12)); // √4 / 2
  });

  it("refuse what cannot be", () => {
    throws(() => switchDoublyRobust(log, { threshold: -1 }), RangeError);
    throws(() => shrunkDoublyRobust(log, { strength: NaN }), RangeError);
    throws(() => switchDoublyRobust({ ...log, own: new Float64Array(3) }, { threshold: 1 }), ShapeError);
  });
});

describe("replay()", () => {
  it("is snips of a log that chose uniformly, for a deterministic policy", () => {
    const uniform = { ...BANDIT, logging: [0, 1].map(() => [1 / 3, 1 / 3, 1 / 3]), target: [[0, 1, 0], [0, 0, 1]] };
    const columns = banditLog(uniform, 300, randomStream(kernels, 2, 0));
    near(replay(columns).estimate, snips(columns).estimate);
    equal(replay(columns).terms.length, replay(columns).effectiveSamples);
  });

  it("is 0 when nothing matches", () => {
    equal(replay({ ...log, probabilities: log.probabilities.map(() => 0.5) }).estimate, 0);
  });
});

describe("studentQuantile()", () => {
  it("has the numbers of the tables", () => {
    // Abramowitz & Stegun, table 26.10, and closed forms for one and two degrees of freedom.
    for (const [p, degrees, want] of [[0.975, 4, 2.776], [0.95, 10, 1.812], [0.995, 30, 2.75], [0.975, 120, 1.98]]) {
      ok(Math.abs(studentQuantile(p, degrees) - want) < 6e-4);
    }
    for (const p of [0.6, 0.9, 0.99, 0.9999]) {
      near(studentQuantile(p, 1), Math.tan(Math.PI * (p - 0.5)), 1e-10);
      near(studentQuantile(p, 2), (2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 1e-10);
    }
  });

  it("is odd around one half, rises, and becomes the normal quantile", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.501, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 200 }),
        (p, degrees) => {
          near(studentQuantile(1 - p, degrees), -studentQuantile(p, degrees), 1e-6);
          ok(studentQuantile(p, degrees) > studentQuantile(p - 1e-4, degrees));
          ok(studentQuantile(p, degrees) > studentQuantile(p, degrees + 1)); // heavier tails with fewer degrees
        },
      ),
      { numRuns: 40 },
    );
    near(studentQuantile(0.975, 1e7), normalQuantile(0.975), 1e-6);
    equal(studentQuantile(0.5, 3), 0);
    for (const [p, degrees] of [[0, 1], [1, 1], [NaN, 1], [0.9, 0]]) {
      throws(() => studentQuantile(p, degrees), RangeError);
    }
  });
});

describe("bounds on a mean", () => {
  const values = Float64Array.of(1, 2, 4, 5);
  it("are their formulas, by hand", () => {
    // mean 3, V = 10/3, t(0.975, 3) = 3.182446
    near(studentBounds(values, 0.975).upper - 3, 3.182446305 * Math.sqrt(10 / 12), 1e-8);
    near(3 - hoeffdingBounds(values, { range: 4, confidence: 0.95 }).lower, 4 * Math.sqrt(Math.log(20) / 8));
    const log = Math.log(60);
    near(audibertBounds(values, { range: 4 }).upper - 3, Math.sqrt(2 * (10 / 3) * log / 4) + 3 * 4 * log / 4);
  });

  it("take the draws that someone else made, and percentiles between two means", () => {
    // Means 1, 2.5 and 5: at 0.25 of the way halfway between the first two.
    const indices = Uint32Array.of(3, 3, 3, 3, 0, 0, 0, 0, 0, 1, 1, 3);
    const { lower, upper } = bootstrapBounds(values, { indices, confidence: 0.75 });
    deepEqual([lower, upper], [1.75, 3.75]);
    throws(() => bootstrapBounds(values, { indices: Uint32Array.of(1) }), ShapeError);
    throws(() => bootstrapBounds(values, { indices: Uint32Array.of(0, 1, 2, 4) }), RangeError);
    throws(() => bootstrapBounds(values, {}), TypeError);
  });

  it("know nothing of too few values", () => {
    const one = Float64Array.of(7);
    for (
      const bounds of [
        studentBounds(one),
        audibertBounds(one, { range: 1 }),
        hoeffdingBounds(new Float64Array(0), { range: 1 }),
      ]
    ) {
      deepEqual([bounds.lower, bounds.upper], [-Infinity, Infinity]);
    }
  });
});

describe("overlap()", () => {
  it("says nothing of a log that covers the policy, and tells each way in which one does not", () => {
    deepEqual(overlap(ips(banditLog(BANDIT, 1000, randomStream(kernels, 4, 0))).weights).warnings, []);
    const few = overlap(new Float64Array(20).fill(1)).warnings;
    deepEqual(few, ["The log is worth 20.0 effective samples; collect at least 100."]);
    const heavy = overlap(Float64Array.from({ length: 5000 }, (_, i) => i < 200 ? 25 : 0));
    ok(heavy.warnings.length === 1 && /Only 4\.0 %/.test(heavy.warnings[0]));
    ok(
      overlap(Float64Array.from({ length: 2000 }, (_, i) => i === 0 ? 900 : 0.55)).warnings.some((w) =>
        /45 % of all weight/.test(w)
      ),
    );
    ok(overlap(new Float64Array(500).fill(0.5)).warnings.some((w) => /mean 0\.500 .*never did/.test(w)));
    ok(overlap(new Float64Array(500).fill(2)).warnings.some((w) => /propensities are too low/.test(w)));
  });

  it("is all zeros without weights, and refuses what is no weight", () => {
    deepEqual(overlap(new Float64Array(0)).effectiveShare, 0);
    equal(overlap(new Float64Array(3)).effectiveSamples, 0);
    for (const weight of [-1, NaN, Infinity]) throws(() => overlap(Float64Array.of(weight)), RangeError);
  });
});

/** Every episode of the chain with its probability under the logging policy, as columns of one trajectory. */
function everyEpisode(chain: Chain): { probability: number; columns: TrajectoryModelColumns }[] {
  interface Row {
    readonly pi: number;
    readonly mu: number;
    readonly r: number;
    readonly q: number;
    readonly v: number;
  }
  const visit = (
    x: number,
    t: number,
    rows: readonly Row[],
    probability: number,
  ): { probability: number; rows: readonly Row[] }[] =>
    chain.logging[x].flatMap((mu, a) =>
      [0, 1].flatMap((r) => {
        const values = chainValues(chain, chain.horizon - t)[x].map((value, k) =>
          value + chain.error * (k === 0 ? 1 : -0.5)
        );
        const v = values.reduce((sum, q, k) => sum + q * chain.target[x][k], 0);
        const now = [...rows, { pi: chain.target[x][a], mu, r, q: values[a], v }];
        const p = probability * mu * (r ? chain.worth[x][a] : 1 - chain.worth[x][a]);
        if (t + 1 === chain.horizon) return [{ probability: p, rows: now }];
        const goes = [0, 1].flatMap((next) =>
          visit(next, t + 1, now, p * (1 - chain.ends) * (next ? chain.moves[x][a] : 1 - chain.moves[x][a]))
        );
        return [{ probability: p * chain.ends, rows: now }, ...goes];
      })
    );
  return visit(0, 0, [], 1).map(({ probability, rows }) => ({
    probability,
    columns: {
      probabilities: Float64Array.from(rows, ({ pi }) => pi),
      propensities: Float64Array.from(rows, ({ mu }) => mu),
      rewards: Float64Array.from(rows, ({ r }) => r),
      logged: Float64Array.from(rows, ({ q }) => q),
      own: Float64Array.from(rows, ({ v }) => v),
      lengths: Uint32Array.of(rows.length),
    },
  }));
}

describe("trajectoryIps() and trajectoryDoublyRobust()", () => {
  const all = everyEpisode(CHAIN);
  it("are unbiased: their expectation over every episode that can be logged is the policy's value", () => {
    near(all.reduce((sum, { probability }) => sum + probability, 0), 1);
    const expectation = (estimate: (columns: TrajectoryModelColumns) => number): number =>
      all.reduce((sum, { probability, columns }) => sum + probability * estimate(columns), 0);
    near(expectation((columns) => trajectoryIps(columns, { perDecision: false }).estimate), chainValue(CHAIN));
    near(expectation((columns) => trajectoryIps(columns).estimate), chainValue(CHAIN));
    near(expectation((columns) => trajectoryDoublyRobust(columns).estimate), chainValue(CHAIN));
  });

  it("have less variance the more they know", () => {
    const variance = (estimate: (columns: TrajectoryModelColumns) => number): number =>
      all.reduce(
        (sum, { probability, columns }) => sum + probability * (estimate(columns) - chainValue(CHAIN)) ** 2,
        0,
      );
    const whole = variance((columns) => trajectoryIps(columns, { perDecision: false }).estimate);
    const each = variance((columns) => trajectoryIps(columns).estimate);
    const robust = variance((columns) => trajectoryDoublyRobust(columns).estimate);
    ok(robust < each && each < whole, `${robust}, ${each}, ${whole}`);
  });

  it("trajectoryDoublyRobust() without a model is trajectoryIps(), plain and self-normalized", () => {
    const log = chainLog(CHAIN, 40, randomStream(kernels, 3, 0));
    const silent = { ...log, logged: log.logged.map(() => 0), own: log.own.map(() => 0) };
    for (const selfNormalized of [false, true]) {
      const [a, b] = [
        trajectoryDoublyRobust(silent, { gamma: 0.9, selfNormalized }),
        trajectoryIps(log, { gamma: 0.9, selfNormalized }),
      ];
      near(a.estimate, b.estimate);
      a.terms.forEach((term, i) => near(term, b.terms[i]));
    }
  });

  it("have terms and values whose means are the estimate", () => {
    const log = chainLog(CHAIN, 40, randomStream(kernels, 3, 0));
    for (const selfNormalized of [false, true]) {
      for (const made of [trajectoryIps(log, { selfNormalized }), trajectoryDoublyRobust(log, { selfNormalized })]) {
        for (const column of [made.terms, made.values]) near(column.reduce((sum, x) => sum + x, 0) / 40, made.estimate);
      }
    }
  });

  it("stay within the range of the returns when weighted whole, and are the mean return of the policy's own log", () => {
    const log = chainLog({ ...CHAIN, target: CHAIN.logging }, 60, randomStream(kernels, 5, 0));
    let start = 0;
    const returns = Array.from(
      log.lengths,
      (n) => log.rewards.subarray(start, start += n).reduce((sum, r) => sum + r, 0),
    );
    const mean = returns.reduce((sum, r) => sum + r, 0) / 60;
    for (const perDecision of [true, false]) near(trajectoryIps(log, { perDecision }).estimate, mean);
    const other = chainLog(CHAIN, 60, randomStream(kernels, 5, 0));
    const { estimate } = trajectoryIps(other, { perDecision: false, selfNormalized: true });
    ok(estimate >= 0 && estimate <= CHAIN.horizon);
  });

  it("are 0 of nothing and of a log that never did what the policy does, and refuse what does not fit", () => {
    const none: TrajectoryColumns = {
      probabilities: new Float64Array(0),
      propensities: new Float64Array(0),
      rewards: new Float64Array(0),
      lengths: new Uint32Array(0),
    };
    equal(trajectoryIps(none).estimate, 0);
    const log = chainLog(CHAIN, 5, randomStream(kernels, 3, 0));
    const never = { ...log, probabilities: log.probabilities.map(() => 0) };
    equal(trajectoryIps(never, { selfNormalized: true }).estimate, 0);
    throws(() => trajectoryIps({ ...log, lengths: Uint32Array.of(1) }), ShapeError);
    throws(() => trajectoryIps({ ...log, propensities: log.propensities.map(() => 0) }), /propensity is 0/);
    throws(() => trajectoryDoublyRobust({ ...log, own: new Float64Array(1) }), ShapeError);
  });
});

describe("fittedQ()", () => {
  /** The chain without a horizon as a table: two states, two actions; every transition with its share. */
  function table(gamma: number): FittedQColumns {
    const rows: { at: number; next: number[]; r: number; discount: number; copies: number }[] = [];
    for (const x of [0, 1]) {
      for (const a of [0, 1]) {
        for (const next of [0, 1]) {
          const nextFeatures = [0, 0, 0, 0];
          [0, 1].forEach((b) => nextFeatures[2 * next + b] = CHAIN.target[next][b]);
          const copies = Math.round(10 * (next ? CHAIN.moves[x][a] : 1 - CHAIN.moves[x][a]));
          rows.push({ at: 2 * x + a, next: nextFeatures, r: CHAIN.worth[x][a], discount: gamma, copies });
        }
      }
    }
    const all = rows.flatMap((row) => new Array<typeof row>(row.copies).fill(row));
    return {
      features: Float64Array.from(all.flatMap(({ at }) => [0, 1, 2, 3].map((k) => Number(k === at)))),
      nextFeatures: Float64Array.from(all.flatMap(({ next }) => next)),
      rewards: Float64Array.from(all, ({ r }) => r),
      discounts: Float64Array.from(all, ({ discount }) => discount),
    };
  }

  it("is the policy's action values where features are a table", () => {
    // Oracle: the recursion with so many steps to go that nothing is left.
    const gamma = 0.8;
    const want = chainValues({ ...CHAIN, ends: 1 - gamma }, 120).flat();
    const { coefficients, change } = fittedQ(table(gamma), { ridge: 0 });
    ok(change <= 1e-9);
    coefficients.forEach((value, k) => near(value, want[k], 1e-7));
  });

  it("is a regression of the rewards where nothing follows, and tells when it has not settled", () => {
    const { coefficients, iterations } = fittedQ(table(0), { ridge: 0 });
    coefficients.forEach((value, k) => near(value, CHAIN.worth.flat()[k], 1e-9));
    equal(iterations, 2); // the second round finds that nothing moved
    ok(fittedQ(table(0.99), { iterations: 3 }).change > 0.1);
  });

  it("values rows of features, and refuses features that determine no model", () => {
    const model = fittedQ(table(0), { ridge: 0 });
    near(model.values(Float64Array.of(1, 1, 0, 0))[0], 0.8);
    throws(() => model.values(Float64Array.of(1)), ShapeError);
    const same = {
      features: Float64Array.of(1, 1, 1, 1),
      nextFeatures: new Float64Array(4),
      rewards: new Float64Array(2),
      discounts: new Float64Array(2),
    };
    throws(() => fittedQ(same, { ridge: 0 }), /feature 1 is determined by the others/);
    equal(fittedQ(same).coefficients.length, 2);
    throws(() => fittedQ({ ...same, nextFeatures: new Float64Array(3) }), ShapeError);
    throws(() => fittedQ({ ...same, features: new Float64Array(3) }), ShapeError);
  });
});
