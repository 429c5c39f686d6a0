import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { ShapeError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  bradleyTerry,
  cpo,
  dpo,
  ipo,
  orpo,
  type PairLoss,
  type PreferenceColumns,
  type PreferenceLoss,
  preferenceLoss,
  type PreferenceLossOptions,
  simpo,
  slic,
} from "../../src/rl/mod.ts";
import { formOracle, type OracleRow, pairOracle, preferenceOracle } from "../oracles/preference_loss.ts";
import { allNear, isGradient, near } from "./_gradients.ts";

const kernels = await loadKernels();
const PAIR_LOSSES = Object.keys(pairOracle) as PairLoss[];

const logProb = fc.double({ min: -4, max: -0.125, noNaN: true }).map(Math.fround);
const row = fc.array(fc.record({ logProb, reference: logProb, mask: fc.constantFrom(0, 1, 1) }), {
  minLength: 1,
  maxLength: 6,
}).map((tokens): OracleRow => ({
  logProbs: tokens.map((t) => t.logProb),
  reference: tokens.map((t) => t.reference),
  mask: tokens.map((t) => t.mask),
}));
const pairs = fc.array(fc.tuple(row, row), { minLength: 1, maxLength: 5 });

/** Chosen and rejected rows in turn. */
function columnsOf(some: readonly (readonly [OracleRow, OracleRow])[]): PreferenceColumns {
  const rows = some.flat();
  return {
    logProbs: Float32Array.from(rows.flatMap((r) => r.logProbs)),
    referenceLogProbs: Float32Array.from(rows.flatMap((r) => r.reference)),
    mask: Uint8Array.from(rows.flatMap((r) => r.mask)),
    rowLengths: Uint32Array.from(rows, (r) => r.mask.length),
    chosen: Uint32Array.from(some, (_, b) => 2 * b),
    rejected: Uint32Array.from(some, (_, b) => 2 * b + 1),
  };
}

/** Three rows, every one of which is in two pairs: preferred in one, rejected or preferred in the other. */
function smooth(): PreferenceColumns & { readonly mask: Uint8Array } {
  return {
    logProbs: Float32Array.of(-1, -0.5, -2, -0.75, -1.25, -0.3),
    referenceLogProbs: Float32Array.of(-0.8, -0.9, -1.5, -1, -1.1, -0.6),
    mask: Uint8Array.of(1, 1, 0, 1, 1, 1),
    rowLengths: Uint32Array.of(3, 1, 2),
    chosen: Uint32Array.of(0, 1, 0),
    rejected: Uint32Array.of(1, 2, 2),
    weights: Float32Array.of(1, 0.5, 2),
  };
}
const constants = { beta: 0.7, margin: 0.3, smoothing: 0.2, center: 0.1, tau: 0.4 };
const optionsOf = (pairLoss: PairLoss): PreferenceLossOptions => {
  const { beta, margin, smoothing, center, tau } = constants;
  return { pairLoss, beta, margin, labelSmoothing: smoothing, center, temperature: tau };
};

const objectives: Record<string, (columns: PreferenceColumns) => PreferenceLoss> = {
  ...Object.fromEntries(PAIR_LOSSES.map((name) => [
    name,
    (columns: PreferenceColumns) => preferenceLoss(kernels, columns, optionsOf(name)),
  ])),
  "forward KL": (columns) => dpo(kernels, columns, { beta: 0.4, form: "forward-kl", nllCoefficient: 0.3 }),
  "Jensen–Shannon": (columns) => dpo(kernels, columns, { beta: 0.4, form: "jensen-shannon" }),
  "alpha divergence": (columns) => dpo(kernels, columns, { beta: 0.4, form: { alpha: 0.5 } }),
  "sorted": (columns) => preferenceLoss(kernels, columns, { pairLoss: "logistic", beta: 1, sorted: true }),
  "robust DPO": (columns) => dpo(kernels, columns, { labelSmoothing: 0.1, robust: true }),
  ipo: (columns) => ipo(kernels, columns),
  "ipo over sums": (columns) => ipo(kernels, columns, { average: false }),
  simpo: (columns) => simpo(kernels, columns, { labelSmoothing: 0.1 }),
  cpo: (columns) => cpo(kernels, columns),
  orpo: (columns) => orpo(kernels, columns),
  slic: (columns) => slic(kernels, columns, { nllCoefficient: 0.2 }),
};

describe("preferenceLoss()", () => {
  for (const pairLoss of PAIR_LOSSES) {
    it(`agrees with the float64 oracle on '${pairLoss}'`, () => {
      fc.assert(fc.property(pairs, fc.boolean(), (some, average) => {
        fc.pre(some.flat().some(({ mask }) => mask.includes(1)));
        const { loss } = preferenceLoss(kernels, columnsOf(some), { ...optionsOf(pairLoss), average });
        near(loss, preferenceOracle(some, pairLoss, constants, { average }), 1e-4);
      }));
    });
  }

  it("agrees with the float64 oracle on every form", () => {
    for (const form of ["log-ratio", "forward-kl", "jensen-shannon"] as const) {
      fc.assert(fc.property(pairs, (some) => {
        fc.pre(some.flat().some(({ mask }) => mask.includes(1)));
        const { loss } = preferenceLoss(kernels, columnsOf(some), { ...optionsOf("logistic"), form });
        near(loss, preferenceOracle(some, "logistic", constants, { form }), 1e-4);
      }));
    }
    near(orpo(kernels, smooth()).metrics.chosenReward, formOracle["log-odds"](-0.75), 1e-6, "log-odds of −0.75");
  });

  it("pairs references by rank when sorted", () => {
    // Differences of the policy: −1, 2; of the reference: 3, 0. By rank −1 stands against 0 and 2 against 3: −1, −1.
    const { loss } = preferenceLoss(kernels, {
      logProbs: Float32Array.of(-2, -1, -1, -3),
      referenceLogProbs: Float32Array.of(-1, -4, -2, -2),
      rowLengths: Uint32Array.of(1, 1, 1, 1),
      chosen: Uint32Array.of(0, 2),
      rejected: Uint32Array.of(1, 3),
    }, { pairLoss: "squared", beta: 1, sorted: true });
    near(loss, 1, 1e-6);
  });

  it("adds a margin of each pair to the common one", () => {
    // x = 0.5·(−1 + 3) − 1 − 0.5 = −0.5
    const columns = {
      logProbs: Float32Array.of(-1, -3),
      rowLengths: Uint32Array.of(1, 1),
      chosen: Uint32Array.of(0),
      rejected: Uint32Array.of(1),
    };
    const margins = Float32Array.of(0.5);
    near(preferenceLoss(kernels, { ...columns, margins }, { pairLoss: "hinge", beta: 0.5, margin: 1 }).loss, 0.5);
  });

  it("adds up over calls with global pairs", () => {
    const { chosen, rejected, weights: _, ...rows } = smooth();
    const one = (b: number) =>
      dpo(kernels, { ...rows, chosen: chosen.slice(b, b + 1), rejected: rejected.slice(b, b + 1) }, { globalPairs: 3 });
    const whole = dpo(kernels, { ...rows, chosen, rejected });
    near(one(0).loss + one(1).loss + one(2).loss, whole.loss, 1e-6);
    allNear(
      [0, 1, 2].map(one).reduce((sum, { dLogProbs }) => sum.map((s, t) => s + dLogProbs[t]), new Float32Array(6)),
      whole.dLogProbs,
      1e-6,
    );
  });

  it("names what is wrong with its constants", () => {
    const run = (options: Partial<PreferenceLossOptions>) => () =>
      preferenceLoss(kernels, smooth(), { ...optionsOf("logistic"), ...options });
    throws(run({ pairLoss: "hinges" as PairLoss }), /Cannot use pair loss 'hinges': use one of logistic/);
    throws(run({ form: "kl" as "log-ratio" }), /Cannot use form 'kl'/);
    throws(run({ beta: 0 }), /Cannot use beta '0'/);
    throws(run({ beta: NaN }), RangeError);
    throws(
      run({ pairLoss: "robust", labelSmoothing: 0.5 }),
      /'0.5' with 'robust': it must be at least 0 and below 0.5/,
    );
    throws(run({ pairLoss: "reverse-kl", labelSmoothing: 0 }), /between 0 and 1/);
    throws(run({ pairLoss: "reverse-kl", labelSmoothing: 1 }), RangeError);
    throws(run({ labelSmoothing: 1.5 }), RangeError);
    run({ labelSmoothing: 1 })();
    throws(run({ temperature: 0 }), RangeError);
  });
});

for (const [name, objective] of Object.entries(objectives)) {
  describe(`the preference loss '${name}'`, () => {
    it("has the gradient that central differences of the loss give", () => {
      const columns = smooth();
      const { dLogProbs } = objective(columns);
      isGradient(columns.logProbs, dLogProbs, (logProbs) => objective({ ...columns, logProbs }).loss, 2e-3, name);
      equal(dLogProbs[2], 0);
    });

    it("never reads what is masked", () => {
      const columns = smooth();
      const poisoned = {
        ...columns,
        logProbs: columns.logProbs.with(2, NaN),
        referenceLogProbs: columns.referenceLogProbs!.with(2, Infinity),
      };
      deepEqual(objective(poisoned), objective(columns));
    });

    it("is 0 when nothing is learnable, and when there are no pairs", () => {
      const masked = objective({ ...smooth(), mask: new Uint8Array(6) });
      deepEqual([masked.loss, masked.metrics.nonFinite], [0, 0]);
      ok(masked.dLogProbs.every((slope) => slope === 0));
      const none = objective({
        ...smooth(),
        chosen: new Uint32Array(),
        rejected: new Uint32Array(),
        weights: undefined,
      });
      deepEqual([none.loss, none.metrics.accuracy, none.metrics.nonFinite], [0, 0, 0]);
    });

    it("stays finite when one row of a pair has no learnable token", () => {
      const { loss, metrics } = objective({ ...smooth(), mask: Uint8Array.of(1, 1, 0, 0, 1, 1) });
      ok(Number.isFinite(loss), `${loss}`);
      equal(metrics.nonFinite, 0);
    });

    it("passes NaN on and counts its pairs", () => {
      const columns = smooth();
      const { loss, metrics } = objective({ ...columns, logProbs: columns.logProbs.with(0, NaN) });
      ok(Number.isNaN(loss));
      ok(metrics.nonFinite >= 2);
    });

    it("throws ShapeError when lengths do not fit or a row is missing", () => {
      throws(
        () => objective({ ...smooth(), referenceLogProbs: new Float32Array(5), logProbs: new Float32Array(4) }),
        ShapeError,
      );
      throws(() => objective({ ...smooth(), rejected: Uint32Array.of(1) }), ShapeError);
      throws(() => objective({ ...smooth(), chosen: Uint32Array.of(0, 1, 3) }), ShapeError);
      throws(() => objective({ ...smooth(), weights: new Float32Array(2) }), ShapeError);
    });
  });
}

describe("dpo()", () => {
  it("gives the hand-computed loss and metrics", () => {
    // h = 0.5 and −1.5, D = 2, β·D = 1: loss = ln(1 + 1/e)
    const { loss, dLogProbs, metrics } = dpo(kernels, {
      logProbs: Float32Array.of(-1, -2.5),
      referenceLogProbs: Float32Array.of(-1.5, -1),
      rowLengths: Uint32Array.of(1, 1),
      chosen: Uint32Array.of(0),
      rejected: Uint32Array.of(1),
    }, { beta: 0.5 });
    near(loss, Math.log(1 + Math.exp(-1)), 1e-7);
    allNear(dLogProbs, [-0.5 / (1 + Math.E), 0.5 / (1 + Math.E)], 1e-7);
    deepEqual([metrics.chosenReward, metrics.rejectedReward, metrics.rewardMargin, metrics.accuracy], [
      0.25,
      -0.75,
      1,
      1,
    ]);
  });

  it("has gradient ∓β/2 at the reference, and needs one", () => {
    const { logProbs, ...rest } = smooth();
    const { dLogProbs } = dpo(kernels, { ...rest, logProbs, referenceLogProbs: logProbs, weights: undefined }, {
      beta: 0.6,
    });
    // Row 0 is chosen twice, row 1 once each way, row 2 rejected twice; three pairs.
    allNear(dLogProbs, [-0.2, -0.2, 0, 0, 0.2, 0.2], 1e-6);
    throws(() => dpo(kernels, { ...smooth(), referenceLogProbs: undefined }), /'referenceLogProbs' are absent/);
    throws(() => ipo(kernels, { ...smooth(), referenceLogProbs: undefined }), TypeError);
  });

  it("is unbiased under noise when robust: the mean over flips is the clean loss", () => {
    const columns = smooth();
    const flipped = { ...columns, chosen: columns.rejected, rejected: columns.chosen };
    const noise = { beta: 0.5, labelSmoothing: 0.2, robust: true };
    const mean = 0.8 * dpo(kernels, columns, noise).loss + 0.2 * dpo(kernels, flipped, noise).loss;
    near(mean, dpo(kernels, columns, { beta: 0.5 }).loss, 1e-6);
  });
});

describe("bradleyTerry()", () => {
  it("has the gradient that central differences give, and moves only those compared", () => {
    const columns = {
      scores: Float32Array.of(0.5, -1, 2, 7),
      chosen: Uint32Array.of(0, 2),
      rejected: Uint32Array.of(1, 0),
      margins: Float32Array.of(0.5, 0),
    };
    const { dScores, metrics } = bradleyTerry(kernels, columns, { labelSmoothing: 0.1 });
    isGradient(
      columns.scores,
      dScores,
      (scores) => bradleyTerry(kernels, { ...columns, scores }, { labelSmoothing: 0.1 }).loss,
    );
    equal(dScores[3], 0);
    deepEqual([metrics.accuracy, metrics.scoreMargin], [1, 1.5]);
    near(dScores.reduce((a, b) => a + b), 0, 1e-7, "scores are known only up to a constant");
  });

  it("is 0 without pairs and passes NaN on", () => {
    equal(
      bradleyTerry(kernels, { scores: Float32Array.of(1), chosen: new Uint32Array(), rejected: new Uint32Array() })
        .loss,
      0,
    );
    const poisoned = { scores: Float32Array.of(NaN, 0), chosen: Uint32Array.of(0), rejected: Uint32Array.of(1) };
    const { loss, metrics } = bradleyTerry(kernels, poisoned);
    ok(Number.isNaN(loss));
    equal(metrics.nonFinite, 1);
  });
});
