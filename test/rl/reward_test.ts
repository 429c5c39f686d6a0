import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { deepEqual, ok, throws } from "node:assert/strict";
import { ShapeError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { composeRewards, discountedReturns, gae, shapedRewards } from "../../src/rl/mod.ts";

const kernels = await loadKernels();
const number = fc.double({ min: -3, max: 3, noNaN: true }).map(Math.fround);
const steps = fc.array(fc.record({ r: number, potential: number }), { minLength: 1, maxLength: 10 });

describe("shapedRewards()", () => {
  it("moves every return of an ended episode by the potential of its state alone", () => {
    fc.assert(fc.property(steps, fc.constantFrom(0.5, 0.9, 1), (list, gamma) => {
      const last = list.length - 1;
      const rewards = Float32Array.from(list, ({ r }) => r);
      const potentials = Float32Array.from(list, ({ potential }) => potential);
      const shaped = shapedRewards({
        rewards,
        potentials,
        nextPotentials: Float32Array.from(list, (_, t) => t === last ? NaN : potentials[t + 1]), // never read at the end
        discounts: Float32Array.from(list, (_, t) => t === last ? 0 : gamma),
      });
      const [with_, without] = [shaped, rewards].map((column) =>
        discountedReturns(kernels, { rewards: column }, { gamma })
      );
      with_.forEach((value, t) => ok(Math.abs(value - (without[t] - potentials[t])) < 1e-3));
    }));
  });

  it("leaves advantages as they are when the value knows the potential", () => {
    fc.assert(fc.property(steps, (list) => {
      const last = list.length - 1;
      const rewards = Float32Array.from(list, ({ r }) => r);
      const potentials = Float32Array.from(list, ({ potential }) => potential);
      const terminated = new Uint8Array(last + 1).fill(1, last);
      const nextPotentials = Float32Array.from(list, (_, t) => potentials[t + 1] ?? 0);
      const discounts = Float32Array.from(terminated, (ended) => ended ? 0 : 0.9);
      const shaped = shapedRewards({ rewards, potentials, nextPotentials, discounts });
      const zero = new Float32Array(last + 1);
      const options = { gamma: 0.9, lambda: 0.8 };
      const plain = gae(kernels, { rewards, values: zero, nextValues: zero, terminated }, options);
      const values = potentials.map((p) => -p);
      const nextValues = nextPotentials.map((p) => -p);
      const moved = gae(kernels, { rewards: shaped, values, nextValues, terminated }, options);
      moved.advantages.forEach((a, t) => ok(Math.abs(a - plain.advantages[t]) < 1e-3));
    }));
  });

  it("refuses columns of other lengths", () => {
    const one = new Float32Array(1);
    throws(
      () => shapedRewards({ rewards: new Float32Array(2), potentials: one, nextPotentials: one, discounts: one }),
      ShapeError,
    );
  });
});

describe("composeRewards()", () => {
  it("adds what its terms contribute, by hand", () => {
    const { rewards, contributions, metrics } = composeRewards({
      solved: { values: [1, 0, 1] },
      calls: { values: [2, 5, 9], weight: -0.25, bounds: [0, 4] },
    });
    deepEqual([...rewards], [0.5, -1, 0]);
    deepEqual([...contributions.calls], [-0.5, -1, -1]);
    const { contribution, value, cutShare } = metrics.calls;
    ok(Math.abs(contribution + 2.5 / 3) + Math.abs(value - 16 / 3) + Math.abs(cutShare - 2 / 3) < 1e-12);
  });

  it("lets nothing be earned where the gate is shut, and keeps penalties", () => {
    const terms = { judge: { values: [1, 1] }, length: { values: [1, 1], weight: -0.5 } };
    deepEqual([...composeRewards(terms, { gate: [1, 0] }).rewards], [0.5, -0.5]);
  });

  it("has rewards that are the sum of the contributions, and keeps NaN in its step", () => {
    fc.assert(fc.property(fc.array(fc.tuple(number, number), { minLength: 1 }), number, (rows, weight) => {
      const terms = {
        a: { values: rows.map(([a]) => a), weight },
        b: { values: rows.map(([, b]) => b), bounds: [-1, 1] as const },
      };
      const { rewards, contributions } = composeRewards(terms);
      rewards.forEach((reward, t) => ok(Math.abs(reward - contributions.a[t] - contributions.b[t]) < 1e-5));
    }));
    deepEqual([...composeRewards({ a: { values: [NaN, 1], bounds: [0, 1] } }).rewards], [NaN, 1]);
  });

  it("refuses no terms, other lengths and bounds in the wrong order", () => {
    throws(() => composeRewards({}), /there are no terms/);
    throws(() => composeRewards({ a: { values: [1] }, b: { values: [1, 2] } }), ShapeError);
    throws(() => composeRewards({ a: { values: [1] } }, { gate: [] }), ShapeError);
    throws(() => composeRewards({ a: { values: [1], bounds: [2, 1] } }), /'a': \[2, 1\] is no interval/);
  });
});
