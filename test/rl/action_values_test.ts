import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { ShapeError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { actionValueLoss, expectileLoss, nextActionValues, softValues, temperatureLoss } from "../../src/rl/mod.ts";
import { softmax } from "../oracles/imitation.ts";
import { allNear, isGradient, near } from "./_gradients.ts";

const kernels = await loadKernels();
const value = fc.double({ min: -5, max: 5, noNaN: true }).map(Math.fround);

describe("actionValueLoss()", () => {
  const columns = () => ({
    q: Float32Array.of(1, -0.5, 2, 0.25, 0.75, -1),
    taken: Uint32Array.of(2, 0, 1),
    targets: Float32Array.of(1, 1.5, 0),
    scales: Float32Array.of(1, 0.5, 2),
    mask: Uint8Array.of(1, 1, 1),
  });

  it("agrees with the float64 formula", () => {
    const decision = fc.record({
      q: fc.array(value, { minLength: 3, maxLength: 3 }),
      taken: fc.nat(2),
      target: value,
    });
    fc.assert(fc.property(fc.array(decision, { minLength: 1, maxLength: 6 }), (some) => {
      const tau = 0.4;
      const losses = some.map(({ q, taken, target }) => {
        const soft = tau * Math.log(q.reduce((sum, x) => sum + Math.exp(x / tau), 0));
        return 0.5 * (target - q[taken]) ** 2 + 0.7 * (soft - q[taken]);
      });
      const { loss } = actionValueLoss(kernels, {
        q: Float32Array.from(some.flatMap(({ q }) => q)),
        taken: Uint32Array.from(some, ({ taken }) => taken),
        targets: Float32Array.from(some, ({ target }) => target),
      }, { conservativeCoefficient: 0.7, temperature: tau });
      near(loss, losses.reduce((a, b) => a + b) / losses.length, 1e-5);
    }));
  });

  it("has the gradient that central differences of the loss give", () => {
    const three = { ...columns(), q: Float32Array.of(1, -0.5, 2, 0.25, 0.75, -1, 0, 1, 0.5) };
    const run = (q: Float32Array) =>
      actionValueLoss(kernels, { ...three, q }, { conservativeCoefficient: 0.7, temperature: 0.8 });
    isGradient(three.q, run(three.q).dQ, (q) => run(q).loss);
    allNear(run(three.q).errors, [1 - 2, 1.5 - 0.25, 0 - 1]);
  });

  it("stays exact where values are large", () => {
    const large = { q: Float32Array.of(5000, 5000.5, -9000), taken: Uint32Array.of(0), targets: Float32Array.of(5000) };
    const { loss, dQ } = actionValueLoss(kernels, large, { conservativeCoefficient: 1, temperature: 0.5 });
    near(loss, 0.5 * Math.log(1 + Math.E), 1e-6);
    allNear(dQ, [1 / (1 + Math.E) - 1, Math.E / (1 + Math.E), 0], 1e-6);
  });

  it("never reads what is masked, is 0 when all is, passes NaN on and names what is wrong", () => {
    const masked = { ...columns(), mask: Uint8Array.of(1, 0, 1), taken: Uint32Array.of(1, 0, 1) };
    const poisoned = {
      ...masked,
      q: masked.q.with(2, NaN),
      targets: masked.targets.with(1, NaN),
      taken: Uint32Array.of(1, 9, 1),
    };
    deepEqual(actionValueLoss(kernels, poisoned), actionValueLoss(kernels, masked));
    const none = actionValueLoss(kernels, { ...masked, mask: new Uint8Array(3) }, { conservativeCoefficient: 1 });
    deepEqual([none.loss, [...none.dQ], [...none.errors]], [0, [0, 0, 0, 0, 0, 0], [0, 0, 0]]);
    const { loss, metrics } = actionValueLoss(kernels, { ...masked, targets: masked.targets.with(0, NaN) });
    ok(Number.isNaN(loss));
    equal(metrics.nonFinite, 1);
    throws(() => actionValueLoss(kernels, columns()), /expected actions below 2, got 2/);
    throws(() => actionValueLoss(kernels, { ...masked, q: new Float32Array(7) }), ShapeError);
    throws(() => actionValueLoss(kernels, masked, { temperature: 0 }), RangeError);
    equal(
      actionValueLoss(kernels, { q: new Float32Array(), taken: new Uint32Array(), targets: new Float32Array() }).loss,
      0,
    );
  });
});

describe("nextActionValues()", () => {
  it("takes the first at a tie, passes NaN on and names what is wrong", () => {
    const q = Float32Array.of(1, 2, 3, NaN);
    const selector = Float32Array.of(5, 5, 0, 1);
    deepEqual([...nextActionValues(kernels, { q: Float32Array.of(1, 2, 3, 4), rows: 2, selector })], [1, 4]);
    deepEqual([...nextActionValues(kernels, { q, rows: 2 })], [2, NaN]);
    deepEqual([...nextActionValues(kernels, { q, rows: 2, probabilities: Float32Array.of(0.5, 0.5, 1, 0) })], [1.5, 3]);
    deepEqual([...nextActionValues(kernels, { q: new Float32Array(), rows: 0 })], []);
    throws(() => nextActionValues(kernels, { q, rows: 3 }), ShapeError);
    throws(() => nextActionValues(kernels, { q: new Float32Array(), rows: 1 }), ShapeError);
    throws(() => nextActionValues(kernels, { q, rows: 2, selector: new Float32Array(2) }), ShapeError);
  });

  it("is never below the value of any choice when it takes the largest", () => {
    fc.assert(fc.property(fc.array(value, { minLength: 3, maxLength: 3 }), rowOfThree, (q, selector) => {
      const columns = { q: Float32Array.from(q), rows: 1 };
      const [most] = nextActionValues(kernels, columns);
      equal(most, Math.max(...q));
      ok(nextActionValues(kernels, { ...columns, selector: Float32Array.from(selector) })[0] <= most);
      const probabilities = Float32Array.from(softmax(selector));
      ok(nextActionValues(kernels, { ...columns, probabilities })[0] <= most + 1e-5);
    }));
  });
});
const rowOfThree = fc.array(value, { minLength: 3, maxLength: 3 });

describe("softValues()", () => {
  it("agrees with the float64 formula, the smallest critic counting", () => {
    fc.assert(fc.property(rowOfThree, rowOfThree, rowOfThree, (logits, one, other) => {
      const p = softmax(logits);
      const entropy = -p.reduce((sum, x) => sum + x * Math.log(x), 0);
      const want = p.reduce((sum, x, a) => sum + x * Math.min(one[a], other[a]), 0) + 0.3 * entropy;
      const columns = { logits: Float32Array.from(logits), q: Float32Array.from([...one, ...other]), rows: 1 };
      const { values, entropies } = softValues(kernels, columns, { alpha: 0.3 });
      near(values[0], want, 1e-5);
      near(entropies[0], entropy, 1e-5);
    }));
  });

  it("has the derivatives that central differences of the values give", () => {
    const logits = Float32Array.of(0.5, -1, 0.2, 1.5, 0, -0.7);
    const q = Float32Array.of(1, 2, 0, -1, 3, 0.5);
    const run = (moved: Float32Array) => softValues(kernels, { logits: moved, q, rows: 2 }, { alpha: 0.4 });
    isGradient(logits, run(logits).dLogits, (moved) => run(moved).values.reduce((a, b) => a + b));
  });

  it("has no slope at softmax(q/α), which is the best policy", () => {
    const q = Float32Array.of(0.3, -0.2, 1);
    const { dLogits } = softValues(kernels, { logits: q.map((x) => x / 0.5), q, rows: 1 }, { alpha: 0.5 });
    allNear(dLogits, [0, 0, 0], 1e-6);
  });

  it("leaves out actions of probability 0, passes NaN on and names what is wrong", () => {
    const columns = { logits: Float32Array.of(0, 0, -Infinity), q: Float32Array.of(1, 3, NaN), rows: 1 };
    const { values, dLogits } = softValues(kernels, columns, { alpha: 1 });
    near(values[0], 2 + Math.LN2, 1e-6);
    equal(dLogits[2], 0);
    ok(Number.isNaN(softValues(kernels, { ...columns, q: Float32Array.of(NaN, 3, 0) }, { alpha: 1 }).values[0]));
    equal(
      softValues(kernels, { logits: new Float32Array(), q: new Float32Array(), rows: 0 }, { alpha: 1 }).values.length,
      0,
    );
    throws(() => softValues(kernels, { ...columns, q: new Float32Array(4) }, { alpha: 1 }), ShapeError);
    throws(() => softValues(kernels, { ...columns, q: new Float32Array() }, { alpha: 1 }), ShapeError);
    throws(() => softValues(kernels, { ...columns, rows: 2 }, { alpha: 1 }), ShapeError);
  });
});

describe("temperatureLoss()", () => {
  it("has the derivative that central differences give, in both forms", () => {
    const entropies = Float32Array.of(0.5, 1.25);
    for (const form of ["alpha", "log-alpha"] as const) {
      const run = (logAlpha: number) => temperatureLoss(entropies, { logAlpha, targetEntropy: 1.1, form });
      near(run(-0.7).dLogAlpha, (run(-0.699).loss - run(-0.701).loss) / 0.002, 1e-6);
    }
    deepEqual(temperatureLoss(new Float32Array(), { logAlpha: 0, targetEntropy: 1 }), { loss: 0, dLogAlpha: 0 });
    ok(Number.isNaN(temperatureLoss(Float32Array.of(NaN), { logAlpha: 0, targetEntropy: 1 }).loss));
  });
});

describe("expectileLoss()", () => {
  const columns = () => ({
    values: Float32Array.of(1, 0.5, -2, 9),
    targets: Float32Array.of(0.25, 1.5, -1, 9),
    scales: Float32Array.of(1, 2, 0.5, 1),
    mask: Uint8Array.of(1, 1, 1, 0),
  });

  it("gives the hand-computed loss and the gradient of central differences", () => {
    const { loss, dValues } = expectileLoss(kernels, columns(), { expectile: 0.9 });
    near(loss, (0.1 * 0.75 ** 2 + 2 * 0.9 * 1 + 0.5 * 0.9 * 1) / 3, 1e-6);
    isGradient(
      columns().values,
      dValues,
      (values) => expectileLoss(kernels, { ...columns(), values }, { expectile: 0.9 }).loss,
    );
  });

  it("is half the squared error at 0.5, and is least at the expectile of what was seen", () => {
    near(expectileLoss(kernels, columns(), { expectile: 0.5 }).loss, 0.5 * (0.75 ** 2 + 2 + 0.5) / 3, 1e-6);
    // Of 0 and 1 the expectile is τ: τ(1 − v) = (1 − τ)v.
    const at = (v: number) =>
      expectileLoss(kernels, { values: Float32Array.of(v, v), targets: Float32Array.of(0, 1) }, { expectile: 0.75 });
    near(at(0.75).dValues[0] + at(0.75).dValues[1], 0, 1e-6);
  });

  it("never reads what is masked, is 0 when all is, passes NaN on and names what is wrong", () => {
    deepEqual(
      expectileLoss(kernels, { ...columns(), targets: columns().targets.with(3, NaN) }),
      expectileLoss(kernels, columns()),
    );
    equal(expectileLoss(kernels, { ...columns(), mask: new Uint8Array(4) }).loss, 0);
    const { loss, metrics } = expectileLoss(kernels, { ...columns(), values: columns().values.with(0, NaN) });
    ok(Number.isNaN(loss));
    equal(metrics.nonFinite, 1);
    throws(() => expectileLoss(kernels, columns(), { expectile: 1 }), RangeError);
    throws(() => expectileLoss(kernels, { ...columns(), targets: new Float32Array(1) }), ShapeError);
  });
});
