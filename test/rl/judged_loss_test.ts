import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { ShapeError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  discriminatorLoss,
  discriminatorRewards,
  implicitRewardLoss,
  implicitRewards,
  type JudgedColumns,
  type JudgedLoss,
  judgedLoss,
  kto,
} from "../../src/rl/mod.ts";
import { logRatio, type OracleRow, sigmoid } from "../oracles/preference_loss.ts";
import { allNear, isGradient, near } from "./_gradients.ts";

const kernels = await loadKernels();

const smooth = (): JudgedColumns & { readonly mask: Uint8Array } => ({
  logProbs: Float32Array.of(-1, -0.5, -2, -0.75, -1.25, -0.3),
  referenceLogProbs: Float32Array.of(-0.8, -0.9, -1.5, -1, -1.1, -0.6),
  mask: Uint8Array.of(1, 1, 0, 1, 1, 1),
  rowLengths: Uint32Array.of(3, 1, 2),
  labels: Float32Array.of(1, 0, 0.25),
  weights: Float32Array.of(1, 0.5, 2),
});
const mismatched = { logProbs: Float32Array.of(-4, -5), referenceLogProbs: Float32Array.of(-4.5, -5.5) };

const objectives: Record<string, (columns: JudgedColumns) => JudgedLoss> = {
  kto: (columns) => kto(kernels, { ...columns, mismatched }, { beta: 0.8, weightGood: 1.3, weightBad: 0.7 }),
  "kto without mismatched answers": (columns) => kto(kernels, columns),
  implicitRewardLoss: (columns) => implicitRewardLoss(kernels, columns, { beta: 0.5 }),
  "implicitRewardLoss over means": (columns) => implicitRewardLoss(kernels, columns, { beta: 0.5, average: true }),
};

for (const [name, objective] of Object.entries(objectives)) {
  describe(`the judged loss '${name}'`, () => {
    it("has the gradient that central differences of the loss give", () => {
      const columns = smooth();
      const { dLogProbs } = objective(columns);
      isGradient(columns.logProbs, dLogProbs, (logProbs) => objective({ ...columns, logProbs }).loss, 1e-3, name);
    });

    it("never reads what is masked, and is 0 when everything is", () => {
      const columns = smooth();
      deepEqual(objective({ ...columns, logProbs: columns.logProbs.with(2, NaN) }), objective(columns));
      const { loss, dLogProbs } = objective({ ...columns, mask: new Uint8Array(6) });
      equal(loss, 0);
      ok(dLogProbs.every((slope) => slope === 0));
    });

    it("passes NaN on and counts its row", () => {
      const { loss, metrics } = objective({ ...smooth(), logProbs: smooth().logProbs.with(3, NaN) });
      ok(Number.isNaN(loss));
      equal(metrics.nonFinite, 1);
    });

    it("names what is wrong", () => {
      throws(() => objective({ ...smooth(), labels: Float32Array.of(1) }), ShapeError);
      throws(() => objective({ ...smooth(), labels: Float32Array.of(1, 0, 2) }), /Cannot use label '2'/);
      throws(() => objective({ ...smooth(), referenceLogProbs: undefined }), TypeError);
    });
  });
}

describe("judgedLoss()", () => {
  it("agrees with the float64 oracle", () => {
    const token = fc.record({
      logProb: fc.double({ min: -4, max: 0, noNaN: true }).map(Math.fround),
      reference: fc.double({ min: -4, max: 0, noNaN: true }).map(Math.fround),
      mask: fc.constantFrom(0, 1, 1),
    });
    const rows = fc.array(fc.tuple(fc.array(token, { minLength: 1, maxLength: 5 }), fc.constantFrom(0, 0.5, 1)), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(fc.property(rows, fc.boolean(), fc.boolean(), (some, saturating, average) => {
      const tokens = some.flatMap(([row]) => row);
      fc.pre(tokens.some(({ mask }) => mask === 1));
      const losses = some.map(([row, label]) => {
        const oracle: OracleRow = {
          logProbs: row.map((t) => t.logProb),
          reference: row.map((t) => t.reference),
          mask: row.map((t) => t.mask),
        };
        const x = 0.4 * (logRatio(oracle, average) - 0.2);
        const of = (y: number) => saturating ? 1 - sigmoid(y) : -Math.log(sigmoid(y));
        return label * 1.5 * of(x) + (1 - label) * 0.5 * of(-x);
      });
      const { loss } = judgedLoss(kernels, {
        logProbs: Float32Array.from(tokens, (t) => t.logProb),
        referenceLogProbs: Float32Array.from(tokens, (t) => t.reference),
        mask: Uint8Array.from(tokens, (t) => t.mask),
        rowLengths: Uint32Array.from(some, ([row]) => row.length),
        labels: Float32Array.from(some, ([, label]) => label),
      }, {
        kind: saturating ? "saturating" : "cross-entropy",
        beta: 0.4,
        baseline: 0.2,
        weightGood: 1.5,
        weightBad: 0.5,
        average,
      });
      near(loss, losses.reduce((a, b) => a + b) / losses.length, 1e-5);
    }));
  });

  it("adds up over calls with global rows", () => {
    const { weights: _, ...columns } = smooth();
    const whole = kto(kernels, columns);
    const first = kto(kernels, {
      logProbs: columns.logProbs.slice(0, 3),
      referenceLogProbs: columns.referenceLogProbs!.slice(0, 3),
      mask: columns.mask.slice(0, 3),
      labels: columns.labels.slice(0, 1),
    }, { globalRows: 3 });
    allNear(first.dLogProbs, whole.dLogProbs.slice(0, 3), 1e-7);
  });
});

describe("kto()", () => {
  it("takes the mean distance of mismatched answers, never below 0, as its baseline", () => {
    near(kto(kernels, { ...smooth(), mismatched }).metrics.baseline, 0.5, 1e-7);
    const closer = { logProbs: mismatched.referenceLogProbs, referenceLogProbs: mismatched.logProbs };
    equal(kto(kernels, { ...smooth(), mismatched: closer }).metrics.baseline, 0);
    throws(
      () => kto(kernels, { ...smooth(), mismatched: { ...mismatched, logProbs: new Float32Array(3) } }),
      ShapeError,
    );
  });

  it("lets go of a row that is far on the wrong side", () => {
    const at = (logProb: number) =>
      kto(kernels, {
        logProbs: Float32Array.of(logProb),
        referenceLogProbs: Float32Array.of(-1),
        labels: Float32Array.of(1),
      }, { beta: 1 }).dLogProbs[0];
    near(at(-1), -0.25, 1e-6);
    ok(Math.abs(at(-21)) < 1e-8);
  });
});

describe("implicitRewards()", () => {
  it("sums to the logit that implicitRewardLoss trains, and is 0 where masked", () => {
    const columns = smooth();
    const { rewards } = implicitRewards({ ...columns, referenceLogProbs: columns.referenceLogProbs! }, { beta: 0.5 });
    equal(rewards[2], 0);
    const logit = rewards[0] + rewards[1];
    near(logit, 0.5 * (-0.2 + 0.4), 1e-6);
    const one = {
      labels: Float32Array.of(1),
      logProbs: columns.logProbs.slice(0, 2),
      referenceLogProbs: columns.referenceLogProbs!.slice(0, 2),
    };
    near(implicitRewardLoss(kernels, one, { beta: 0.5 }).loss, Math.log(1 + Math.exp(-logit)), 1e-6);
  });
});

describe("discriminatorLoss()", () => {
  const columns = { logits: Float32Array.of(0.5, -1, 2, 0.25), isAgent: Uint8Array.of(1, 1, 1, 0) };

  it("agrees with binary cross-entropy by hand, class by class when balanced", () => {
    const of = (logit: number, label: number) =>
      -label * Math.log(sigmoid(logit)) - (1 - label) * Math.log(sigmoid(-logit));
    const agent = [0.5, -1, 2].map((logit) => of(logit, 1)).reduce((a, b) => a + b);
    near(discriminatorLoss(kernels, columns).loss, agent / 6 + of(0.25, 0) / 2, 1e-6);
    near(discriminatorLoss(kernels, columns, { balanced: false }).loss, (agent + of(0.25, 0)) / 4, 1e-6);
    near(discriminatorLoss(kernels, columns).metrics.accuracy, 0.5);
  });

  it("has the gradient that central differences give, with smoothed labels too", () => {
    for (const labelSmoothing of [0, 0.2]) {
      const run = (logits: Float32Array) => discriminatorLoss(kernels, { ...columns, logits }, { labelSmoothing });
      isGradient(columns.logits, run(columns.logits).dLogits, (logits) => run(logits).loss);
    }
  });

  it("finds logit 0 where agent and expert act alike, however many steps each has", () => {
    const same = { logits: new Float32Array(11), isAgent: Uint8Array.from({ length: 11 }, (_, i) => Number(i < 10)) };
    near(discriminatorLoss(kernels, same).dLogits.reduce((a, b) => a + b), 0, 1e-7);
    ok(discriminatorLoss(kernels, same, { balanced: false }).dLogits.reduce((a, b) => a + b) < -0.1);
  });

  it("works on one class, on nothing, and names what is wrong", () => {
    ok(discriminatorLoss(kernels, { logits: Float32Array.of(1), isAgent: Uint8Array.of(1) }).loss > 0);
    equal(discriminatorLoss(kernels, { logits: new Float32Array(), isAgent: new Uint8Array() }).loss, 0);
    throws(() => discriminatorLoss(kernels, { ...columns, isAgent: new Uint8Array(2) }), ShapeError);
    throws(() => discriminatorLoss(kernels, columns, { labelSmoothing: 2 }), RangeError);
    ok(Number.isNaN(discriminatorLoss(kernels, { ...columns, logits: columns.logits.with(0, NaN) }).loss));
  });
});

describe("discriminatorRewards()", () => {
  it("gives −ln D, its logit form and ln(1 − D), each 0 where nobody can tell", () => {
    const logits = Float32Array.of(-3, 0, 2);
    const d = Array.from(logits, sigmoid);
    allNear(discriminatorRewards(logits), d.map((p) => -Math.log(p) - Math.LN2), 1e-6);
    allNear(discriminatorRewards(logits, { form: "airl" }), d.map((p) => Math.log(1 - p) - Math.log(p)), 1e-6);
    allNear(discriminatorRewards(logits, { form: "fool" }), d.map((p) => Math.log(1 - p) + Math.LN2), 1e-6);
  });

  it("does not overflow and falls as the logit rises", () => {
    for (const form of ["gail", "airl", "fool"] as const) {
      const rewards = discriminatorRewards(Float32Array.of(-500, -1, 0, 1, 500), { form });
      ok(rewards.every(Number.isFinite), form);
      ok(rewards.slice(1).every((reward, i) => reward <= rewards[i]), form);
      ok(Number.isNaN(discriminatorRewards(Float32Array.of(NaN), { form })[0]));
    }
    throws(() => discriminatorRewards(new Float32Array(1), { form: "log" as "gail" }), /use one of gail, airl, fool/);
  });
});
