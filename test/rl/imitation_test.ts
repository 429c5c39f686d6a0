import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { ShapeError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  advantageWeights,
  crossEntropy,
  distillation,
  distillOnPolicy,
  nat,
  nll,
  unlikelihood,
} from "../../src/rl/mod.ts";
import { divergenceOracle, softmax, unlikelihoodOracle } from "../oracles/imitation.ts";
import { allNear, isGradient, near } from "./_gradients.ts";

const kernels = await loadKernels();
const WIDTH = 4;
const logit = fc.double({ min: -4, max: 4, noNaN: true }).map(Math.fround);
const rowOfLogits = fc.array(logit, { minLength: WIDTH, maxLength: WIDTH });
const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

/** Five tokens in two rows, the third of them masked; targets repeat. */
const smooth = () => ({
  logits: Float32Array.from({ length: 5 * WIDTH }, (_, i) => Math.sin(3 * i) * 1.5),
  targets: Uint32Array.of(1, 2, 1, 2, 0),
  unwanted: Uint8Array.of(0, 0, 1, 1, 0),
  mask: Uint8Array.of(1, 1, 0, 1, 1),
  rowLengths: Uint32Array.of(4, 1),
});

describe("unlikelihood()", () => {
  it("agrees with the float64 oracle", () => {
    const token = fc.tuple(rowOfLogits, fc.nat(WIDTH - 1), fc.constantFrom(0, 0, 1));
    const row = fc.array(token, { minLength: 1, maxLength: 6 });
    fc.assert(fc.property(row, fc.constantFrom(0, 0.5, 2), (tokens, alpha) => {
      const logits = tokens.map(([z]) => z);
      const [targets, unwanted] = [tokens.map(([, y]) => y), tokens.map(([, , bad]) => bad)];
      const { loss } = unlikelihood(kernels, {
        logits: Float32Array.from(logits.flat()),
        targets: Uint32Array.from(targets),
        unwanted: Uint8Array.from(unwanted),
      }, { alpha });
      near(loss, mean(unlikelihoodOracle(logits, targets, unwanted, alpha, 1e-5)), 1e-5);
    }));
  });

  it("has the gradient that central differences of the loss give", () => {
    const columns = smooth();
    const run = (logits: Float32Array) => unlikelihood(kernels, { ...columns, logits }, { alpha: 0.7 });
    isGradient(columns.logits, run(columns.logits).dLogits, (logits) => run(logits).loss);
  });

  it("counts earlier targets under a mask of 0 as said, and none of another row", () => {
    const columns = { ...smooth(), unwanted: undefined };
    const moved = unlikelihood(kernels, { ...columns, targets: columns.targets.with(2, 3) }, { alpha: 1 });
    ok(moved.loss !== unlikelihood(kernels, columns, { alpha: 1 }).loss);
    const alone = { ...columns, mask: Uint8Array.of(0, 0, 0, 0, 1) };
    equal(unlikelihood(kernels, alone, { alpha: 9 }).metrics.unlikelihood, 0);
  });

  it("is cross-entropy without alpha and without unwanted tokens", () => {
    const columns = { ...smooth(), unwanted: undefined };
    const [one, other] = [unlikelihood(kernels, columns), crossEntropy(kernels, columns)];
    near(one.loss, other.loss, 1e-6);
    allNear(one.dLogits, other.dLogits, 1e-6);
  });

  it("stops pushing at the floor", () => {
    const certain = { logits: Float32Array.of(40, 0), targets: Uint32Array.of(0), unwanted: Uint8Array.of(1) };
    const { loss, dLogits } = unlikelihood(kernels, certain);
    near(loss, -Math.log(1e-5), 1e-6);
    deepEqual([...dLogits].map(Math.abs), [0, 0]);
  });

  it("never reads masked logits, is 0 when all is masked, passes NaN on and names wrong ids", () => {
    const columns = smooth();
    const poisoned = { ...columns, logits: columns.logits.with(2 * WIDTH, NaN) };
    deepEqual(unlikelihood(kernels, poisoned), unlikelihood(kernels, columns));
    equal(unlikelihood(kernels, { ...columns, mask: new Uint8Array(5) }, { alpha: 1 }).loss, 0);
    const { loss, metrics } = unlikelihood(kernels, { ...columns, logits: columns.logits.with(0, NaN) });
    ok(Number.isNaN(loss));
    equal(metrics.nonFinite, 1);
    throws(
      () => unlikelihood(kernels, { ...columns, targets: columns.targets.with(0, 4) }),
      /expected ids below 4, got 4/,
    );
    ok(Number.isFinite(unlikelihood(kernels, { ...columns, targets: columns.targets.with(2, 99) }, { alpha: 1 }).loss));
    throws(() => unlikelihood(kernels, { ...columns, logits: new Float32Array(7) }), ShapeError);
  });
});

describe("nat()", () => {
  const columns = {
    logProbs: Float32Array.of(-1, -2, -3, -0.5),
    mask: Uint8Array.of(1, 0, 1, 1),
    rowLengths: Uint32Array.of(2, 2),
    success: Uint8Array.of(1, 0),
  };

  it("is plain likelihood of both kinds, told apart only in its metrics", () => {
    const { loss, dLogProbs, metrics } = nat(kernels, columns);
    near(loss, 4.5 / 3, 1e-7);
    near(metrics.successLoss, 1 / 3);
    near(metrics.failureLoss, 3.5 / 3);
    deepEqual(dLogProbs, nll(kernels, columns).dLogProbs);
  });

  it("has the gradient that central differences give when failures weigh less", () => {
    const run = (logProbs: Float32Array) => nat(kernels, { ...columns, logProbs }, { failureWeight: 0.3 });
    isGradient(columns.logProbs, run(columns.logProbs).dLogProbs, (logProbs) => run(logProbs).loss);
    equal(nat(kernels, columns, { failureWeight: 0 }).metrics.failureLoss, 0);
  });

  it("is 0 when all is masked, passes NaN on and wants one flag a row", () => {
    equal(Math.abs(nat(kernels, { ...columns, mask: new Uint8Array(4) }).loss), 0);
    const { loss, metrics } = nat(kernels, { ...columns, logProbs: columns.logProbs.with(0, NaN) });
    ok(Number.isNaN(loss));
    equal(metrics.nonFinite, 1);
    throws(() => nat(kernels, { ...columns, success: Uint8Array.of(1) }), ShapeError);
  });
});

describe("distillation()", () => {
  const teacherLogits = Float32Array.from({ length: 5 * WIDTH }, (_, i) => Math.cos(2 * i) * 2);
  const columns = () => ({ ...smooth(), teacherLogits, tokens: 5 });

  it("agrees with the float64 oracle", () => {
    const tokens = fc.array(fc.tuple(rowOfLogits, rowOfLogits), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(tokens, fc.constantFrom(0, 0.1, 0.5, 1), fc.constantFrom(0.5, 1, 2), (some, beta, temperature) => {
        const want = mean(
          some.map(([s, p]) => divergenceOracle(softmax(s, temperature), softmax(p, temperature), beta)),
        );
        const { loss } = distillation(kernels, {
          logits: Float32Array.from(some.flatMap(([s]) => s)),
          teacherLogits: Float32Array.from(some.flatMap(([, p]) => p)),
          tokens: some.length,
        }, { beta, temperature });
        near(loss, want, 2e-5);
      }),
    );
  });

  it("has the gradient that central differences of the loss give", () => {
    for (const beta of [0, 0.3, 1]) {
      const run = (logits: Float32Array) => distillation(kernels, { ...columns(), logits }, { beta, temperature: 1.5 });
      const { logits } = columns();
      isGradient(logits, run(logits).dLogits, (moved) => run(moved).loss, 1e-3, `beta ${beta}`);
    }
  });

  it("is 0 at the teacher and never negative", () => {
    for (const beta of [0, 0.5, 1]) {
      const { loss, dLogits } = distillation(kernels, { ...columns(), logits: teacherLogits }, { beta });
      near(loss, 0, 1e-6);
      allNear(dLogits, new Float32Array(5 * WIDTH), 1e-6);
      ok(distillation(kernels, columns(), { beta }).loss > 0);
    }
  });

  it("handles tokens that are ruled out", () => {
    const never = -Infinity;
    const both = { logits: Float32Array.of(0, 0, never), teacherLogits: Float32Array.of(1, 0, never), tokens: 1 };
    for (const beta of [0, 0.5, 1]) {
      const { loss, dLogits, metrics } = distillation(kernels, both, { beta });
      ok(Number.isFinite(loss) && dLogits.every(Number.isFinite), `beta ${beta}`);
      equal(metrics.nonFinite, 0);
      equal(Math.abs(dLogits[2]), 0);
    }
    const teacherRules = { ...both, logits: Float32Array.of(0, 0, 0) };
    ok(Number.isFinite(distillation(kernels, teacherRules, { beta: 0 }).loss));
    equal(distillation(kernels, teacherRules, { beta: 1 }).loss, Infinity);
    equal(distillation(kernels, teacherRules, { beta: 1 }).metrics.nonFinite, 1);
  });

  it("never reads what is masked, is 0 when all is, passes NaN on and names what is wrong", () => {
    const { logits, mask } = columns();
    const poisoned = {
      ...columns(),
      logits: logits.with(2 * WIDTH, NaN),
      teacherLogits: teacherLogits.with(2 * WIDTH, NaN),
    };
    deepEqual(distillation(kernels, poisoned), distillation(kernels, columns()));
    equal(distillation(kernels, { ...columns(), mask: new Uint8Array(mask.length) }).loss, 0);
    for (const beta of [0, 0.5, 1]) {
      const { loss, metrics } = distillation(kernels, { ...columns(), logits: logits.with(1, NaN) }, { beta });
      ok(Number.isNaN(loss), `beta ${beta}`);
      equal(metrics.nonFinite, 1);
    }
    throws(() => distillation(kernels, { ...columns(), tokens: 3 }), ShapeError);
    throws(() => distillation(kernels, { ...columns(), teacherLogits: logits.slice(1) }), ShapeError);
    throws(() => distillation(kernels, columns(), { beta: 1.5 }), RangeError);
    throws(() => distillation(kernels, columns(), { temperature: 0 }), RangeError);
  });
});

describe("distillOnPolicy()", () => {
  const columns = {
    logProbs: Float32Array.of(-1, -2, -1),
    teacherLogProbs: Float32Array.of(-0.5, -4, -1),
    behaviorLogProbs: Float32Array.of(-2, -2.5, -1),
    mask: Uint8Array.of(1, 1, 0),
  };

  it("gives the hand-computed loss with and without importance weights", () => {
    // A = 0.25, −1; weights min(e, 2) = 2 and e^0.5
    const { behaviorLogProbs: _, ...plain } = columns;
    near(distillOnPolicy(kernels, plain, { coefficient: 0.5 }).loss, (0.25 * 1 - 1 * 2) / 2, 1e-6);
    const { dLogProbs, metrics } = distillOnPolicy(kernels, columns, { coefficient: 0.5 });
    allNear(dLogProbs, [-0.25 * 2 / 2, Math.exp(0.5) / 2, 0], 1e-6);
    near(metrics.reverseKl, (-0.5 + 2) / 2, 1e-6);
  });

  it("is 0 at the teacher and when all is masked, passes NaN on and names wrong lengths", () => {
    const same = distillOnPolicy(kernels, { ...columns, teacherLogProbs: columns.logProbs });
    ok(same.dLogProbs.every((slope) => Math.abs(slope) === 0));
    equal(Math.abs(distillOnPolicy(kernels, { ...columns, mask: new Uint8Array(3) }).loss), 0);
    const { loss, metrics } = distillOnPolicy(kernels, { ...columns, teacherLogProbs: Float32Array.of(NaN, -1, -1) });
    ok(Number.isNaN(loss));
    equal(metrics.nonFinite, 1);
    throws(() => distillOnPolicy(kernels, { ...columns, teacherLogProbs: new Float32Array(2) }), ShapeError);
  });
});

describe("advantageWeights()", () => {
  const advantages = Float32Array.of(0.5, -1, 3, 0);
  const run = (options: Parameters<typeof advantageWeights>[2], mask?: Uint8Array) =>
    advantageWeights(kernels, { advantages, mask }, options);

  it("gives the hand-computed weights of each form", () => {
    allNear(run({ temperature: 0.5, cap: 9 }), [Math.E, Math.exp(-2), 9, 1], 1e-6);
    allNear(run({ form: "softmax" }), softmax([...advantages]).map((p) => 4 * p), 1e-6);
    allNear(run({ form: "binary" }), [1, 0, 1, 0]);
  });

  it("averages to 1 as a softmax and does not overflow", () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -500, max: 500, noNaN: true }), { minLength: 1 }), (some) => {
      const weights = advantageWeights(kernels, { advantages: Float32Array.from(some) }, { form: "softmax" });
      near(mean([...weights]), 1, 1e-5);
    }));
    equal(advantageWeights(kernels, { advantages: Float32Array.of(5000) }, { cap: 7 })[0], 7);
  });

  it("leaves out what is masked, passes NaN on and names what is wrong", () => {
    allNear(run({ form: "softmax" }, Uint8Array.of(1, 1, 0, 0)), [...softmax([0.5, -1]).map((p) => 2 * p), 0, 0], 1e-6);
    deepEqual([...run({}, new Uint8Array(4))], [0, 0, 0, 0]);
    for (const form of ["exponential", "softmax", "binary"] as const) {
      ok(Number.isNaN(advantageWeights(kernels, { advantages: Float32Array.of(NaN, 1) }, { form })[0]), form);
    }
    throws(() => run({ form: "rank" as "binary" }), /Cannot weigh by 'rank'/);
    throws(() => run({ temperature: 0 }), RangeError);
    throws(() => run({}, new Uint8Array(3)), ShapeError);
  });
});
