import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { ShapeError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { implicitRewardLoss, implicitRewards, trajectoryPreferenceLoss } from "../../src/rl/mod.ts";

const kernels = await loadKernels();
const near = (got: number, want: number, tolerance = 1e-5): void =>
  ok(Math.abs(got - want) <= tolerance * (1 + Math.abs(want)), `${got} is not near ${want}`);
const nats = fc.double({ min: -4, max: 0, noNaN: true }).map(Math.fround);
const rows = fc.array(
  fc.array(fc.record({ now: nats, then: nats, mask: fc.constantFrom(0, 1, 1) }), { maxLength: 5 }),
  { minLength: 1, maxLength: 6 },
).map((list) => ({
  logProbs: Float32Array.from(list.flat(), ({ now }) => now),
  referenceLogProbs: Float32Array.from(list.flat(), ({ then }) => then),
  mask: Uint8Array.from(list.flat(), ({ mask }) => mask),
  rowLengths: Uint32Array.from(list, ({ length }) => length),
}));

/** Slope of a loss by each log-probability, by central differences in float64 of an oracle. */
function differences(loss: (logProbs: Float64Array) => number, at: Float32Array): number[] {
  return Array.from(at, (_, i) => {
    const moved = (by: number): number => loss(Float64Array.from(at, (x, k) => k === i ? x + by : x));
    return (moved(1e-5) - moved(-1e-5)) / 2e-5;
  });
}
type Rows = { referenceLogProbs: Float32Array; mask: Uint8Array; rowLengths: Uint32Array };
function rowSums(logProbs: Float64Array, { referenceLogProbs, mask, rowLengths }: Rows, beta: number): number[] {
  let t = 0;
  return Array.from(rowLengths, (length) => {
    let sum = 0;
    for (const end = t + length; t < end; t++) sum += mask[t] * beta * (logProbs[t] - referenceLogProbs[t]);
    return sum;
  });
}

describe("implicitRewards()", () => {
  it("sums to the rows' log-ratios, prefix by prefix", () => {
    fc.assert(fc.property(rows, (columns) => {
      const { rewards, prefixValues, rowRewards } = implicitRewards(columns, { beta: 0.5 });
      const want = rowSums(Float64Array.from(columns.logProbs), columns, 0.5);
      let t = 0;
      columns.rowLengths.forEach((length, row) => {
        near(rowRewards[row], want[row]);
        if (length > 0) near(prefixValues[t + length - 1], want[row]);
        for (let k = t + 1; k < t + length; k++) near(prefixValues[k] - prefixValues[k - 1], rewards[k]);
        t += length;
      });
    }));
  });

  it("is 0 when model and reference agree, and does not read what is masked", () => {
    const logProbs = Float32Array.of(-1, NaN);
    const { rowRewards } = implicitRewards({ logProbs, referenceLogProbs: logProbs, mask: Uint8Array.of(1, 0) }, {
      beta: 3,
    });
    deepEqual([...rowRewards], [0]);
    throws(() => implicitRewards({ logProbs, referenceLogProbs: new Float32Array(1) }, { beta: 1 }), ShapeError);
  });
});

describe("implicitRewardLoss()", () => {
  const oracle = (logProbs: Float64Array, columns: Rows, outcomes: Float32Array): number =>
    rowSums(logProbs, columns, 0.7).reduce((sum, reward, row) => {
      const right = 1 / (1 + Math.exp(-reward));
      return sum - (outcomes[row] * Math.log(right) + (1 - outcomes[row]) * Math.log(1 - right));
    }, 0) / outcomes.length;

  it("agrees with the float64 oracle, and its gradient with finite differences", () => {
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.constantFrom(0, 1, 0.25)), (columns, chance) => {
        const outcomes = Float32Array.from(columns.rowLengths, () => chance.next().value as number);
        const { loss, dLogProbs } = implicitRewardLoss(kernels, { ...columns, labels: outcomes }, { beta: 0.7 });
        // Nothing learnable is nothing to lose.
        if (!columns.mask.includes(1)) return equal(loss, 0);
        near(loss, oracle(Float64Array.from(columns.logProbs), columns, outcomes));
        differences((x) => oracle(x, columns, outcomes), columns.logProbs).forEach((slope, t) =>
          near(dLogProbs[t], slope)
        );
      }),
      { numRuns: 50 },
    );
  });

  it("does not overflow", () => {
    const one = {
      logProbs: Float32Array.of(-1, -900),
      referenceLogProbs: Float32Array.of(-900, -1),
      rowLengths: Uint32Array.of(1, 1),
    };
    equal(implicitRewardLoss(kernels, { ...one, labels: Float32Array.of(1, 0) }, { beta: 1 }).loss, 0);
    equal(implicitRewardLoss(kernels, { ...one, labels: Float32Array.of(0, 1) }, { beta: 1 }).loss, 899);
  });
});

describe("trajectoryPreferenceLoss()", () => {
  const oracle = (logProbs: Float64Array, columns: Rows, episodes: Episodes, mean: boolean): number => {
    const steps = rowSums(logProbs, columns, 0.7);
    let start = 0;
    const scores = Array.from(episodes.stepsPerEpisode, (count) => {
      const sum = steps.slice(start, start += count).reduce((a, b) => a + b, 0);
      return mean ? sum / Math.max(1, count) : sum;
    });
    const losses: number[] = [];
    scores.forEach((good, i) =>
      scores.forEach((bad, j) => {
        if (!episodes.successes[i] || episodes.successes[j] || episodes.groups[i] !== episodes.groups[j]) return;
        losses.push(-Math.log(1 / (1 + Math.exp(bad - good))));
      })
    );
    return losses.length === 0 ? 0 : losses.reduce((a, b) => a + b, 0) / losses.length;
  };
  type Episodes = { stepsPerEpisode: Uint32Array; successes: Uint8Array; groups: Uint32Array };

  it("agrees with the float64 oracle, and its gradient with finite differences", () => {
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.nat(1)), fc.boolean(), (columns, chance, mean) => {
        // One, two, one, two … steps an episode.
        const counts: number[] = [];
        for (let left = columns.rowLengths.length; left > 0; left -= counts.at(-1)!) {
          counts.push(Math.min(left, 1 + counts.length % 2));
        }
        const bits = () => counts.map(() => chance.next().value as number);
        const episodes = {
          stepsPerEpisode: Uint32Array.from(counts),
          successes: Uint8Array.from(bits()),
          groups: Uint32Array.from(bits()),
        };
        const got = trajectoryPreferenceLoss({ ...columns, ...episodes }, { beta: 0.7, over: mean ? "mean" : "sum" });
        near(got.loss, oracle(Float64Array.from(columns.logProbs), columns, episodes, mean));
        differences((x) => oracle(x, columns, episodes, mean), columns.logProbs).forEach((slope, t) =>
          near(got.dLogProbs[t], slope)
        );
      }),
      { numRuns: 50 },
    );
  });

  it("compares every solved with every failed episode of a task, and learns nothing from one-sided tasks", () => {
    const columns = {
      logProbs: new Float32Array(4),
      referenceLogProbs: Float32Array.of(-1, 0, 0, 0),
      rowLengths: Uint32Array.of(1, 1, 1, 1),
    };
    const episodes = { stepsPerEpisode: Uint32Array.of(1, 1, 1, 1), groups: Uint32Array.of(0, 0, 0, 5) };
    const mixed = trajectoryPreferenceLoss({ ...columns, ...episodes, successes: Uint8Array.of(1, 0, 0, 1) }, {
      beta: 1,
    });
    deepEqual([mixed.pairs, mixed.accuracy, mixed.dLogProbs[3]], [2, 1, 0]);
    near(mixed.loss, Math.log1p(Math.exp(-1)));
    const all = trajectoryPreferenceLoss({ ...columns, ...episodes, successes: new Uint8Array(4).fill(1) }, {
      beta: 1,
    });
    deepEqual([all.loss, all.pairs, ...all.dLogProbs], [0, 0, 0, 0, 0, 0]);
    const wrong = { ...columns, ...episodes, successes: new Uint8Array(4), stepsPerEpisode: new Uint32Array(4) };
    throws(() => trajectoryPreferenceLoss(wrong, { beta: 1 }), ShapeError);
  });
});
