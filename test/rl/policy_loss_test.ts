import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { ShapeError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  cispo,
  dapo,
  drGrpo,
  entropyBonus,
  grpo,
  gspo,
  nll,
  type PolicyColumns,
  type PolicyLoss,
  policyLoss,
  ppoClip,
  reinforce,
  sapo,
  valueLoss,
} from "../../src/rl/mod.ts";
import { type OracleToken, ppoOracle } from "../oracles/policy_loss.ts";

const kernels = await loadKernels();
const near = (got: number, want: number, tolerance = 1e-4): void =>
  ok(Math.abs(got - want) <= tolerance * (1 + Math.abs(want)), `${got} is not near ${want}`);

const token = fc.record({
  logProb: fc.double({ min: -5, max: 0, noNaN: true }),
  behavior: fc.double({ min: -5, max: 0, noNaN: true }),
  advantage: fc.double({ min: -3, max: 3, noNaN: true }),
  reference: fc.double({ min: -5, max: 0, noNaN: true }),
  mask: fc.constantFrom(0, 1, 1),
  row: fc.constant(0),
}).map((t) => ({
  ...t,
  logProb: Math.fround(t.logProb),
  behavior: Math.fround(t.behavior),
  advantage: Math.fround(t.advantage),
  reference: Math.fround(t.reference),
}));
/** Some rows of tokens, empty and masked ones among them. */
const batch = fc.array(fc.array(token, { maxLength: 70 }), { minLength: 1, maxLength: 6 }).map((rows) =>
  rows.map((row, index) => row.map((t) => ({ ...t, row: index })))
);

function columnsOf(rows: readonly (readonly OracleToken[])[]): Required<Omit<PolicyColumns, "scales" | "logRatios">> {
  const tokens = rows.flat();
  return {
    logProbs: Float32Array.from(tokens, (t) => t.logProb),
    behaviorLogProbs: Float32Array.from(tokens, (t) => t.behavior),
    advantages: Float32Array.from(tokens, (t) => t.advantage),
    referenceLogProbs: Float32Array.from(tokens, (t) => t.reference),
    mask: Uint8Array.from(tokens, (t) => t.mask),
    rowLengths: Uint32Array.from(rows, (row) => row.length),
  };
}

/** A fixed batch whose ratios stand clear of every bound, so that differences do not cross one. */
function smooth(): Required<Omit<PolicyColumns, "scales" | "logRatios">> {
  const gaps = [0.05, -0.08, 0.5, -0.6, 0.9, -0.04, 0.12, -0.5];
  return {
    logProbs: Float32Array.from(gaps, (gap, t) => -1 - 0.1 * t + gap),
    behaviorLogProbs: Float32Array.from(gaps, (_, t) => -1 - 0.1 * t),
    advantages: Float32Array.of(1, -2, 0.7, 1.1, -0.9, 0.5, -1.4, -0.3),
    referenceLogProbs: Float32Array.from(gaps, (_, t) => -1.2 - 0.05 * t),
    mask: Uint8Array.of(1, 1, 1, 1, 1, 0, 1, 1),
    rowLengths: Uint32Array.of(3, 1, 4),
  };
}

const objectives: Record<string, (columns: PolicyColumns) => PolicyLoss> = {
  reinforce: (columns) => reinforce(kernels, columns),
  ppoClip: (columns) => ppoClip(kernels, columns, { klCoefficient: 0.1 }),
  "ppoClip with dual clip": (columns) => ppoClip(kernels, columns, { dualClip: 2, aggregation: "seq-mean-token-sum" }),
  grpo: (columns) => grpo(kernels, columns, { klCoefficient: 0.2, klTimesRatio: true }),
  "grpo with a ratio cap": (columns) => grpo(kernels, columns, { ratioCap: 2 }),
  drGrpo: (columns) => drGrpo(kernels, columns, { maxLength: 5 }),
  dapo: (columns) => dapo(kernels, columns),
  sapo: (columns) => sapo(kernels, columns),
  dro: (columns) => policyLoss(kernels, columns, { surrogate: "quadratic", clipHigh: 0.5 }),
};

describe("ppoClip()", () => {
  it("gives the hand-computed loss, gradient and metrics", () => {
    // ratios 1.5 (A=1: clipped at 1.2, gradient 0), 0.5 (A=1: min is −0.5, gradient −0.5), 1.5 (A=−1: 1.5, gradient 1.5)
    const { loss, dLogProbs, metrics } = ppoClip(kernels, {
      logProbs: Float32Array.of(Math.log(1.5), Math.log(0.5), Math.log(1.5)),
      behaviorLogProbs: new Float32Array(3),
      advantages: Float32Array.of(1, 1, -1),
    });
    near(loss, (-1.2 - 0.5 + 1.5) / 3);
    [0, -0.5 / 3, 1.5 / 3].forEach((want, t) => near(dLogProbs[t], want));
    near(metrics.clipFraction, 1 / 3);
    near(metrics.ratioMean, 3.5 / 3);
    near(metrics.ratioMax, 1.5);
    near(metrics.effectiveSampleShare, 3.5 ** 2 / (3 * (2.25 + 0.25 + 2.25)));
    near(metrics.kl.k1, -(2 * Math.log(1.5) + Math.log(0.5)) / 3);
    equal(metrics.nonFinite, 0);
  });

  it("agrees with the float64 oracle in every aggregation", () => {
    const modes = fc.constantFrom(
      "token-mean",
      "token-sum",
      "seq-mean-token-sum",
      "seq-mean-token-mean",
      "seq-mean-token-sum-norm",
    );
    fc.assert(fc.property(batch, modes, fc.constantFrom(Infinity, 1.5), (rows, mode, dual) => {
      const got = ppoClip(kernels, columnsOf(rows), { aggregation: mode, dualClip: dual, klCoefficient: 0.1 });
      const want = ppoOracle(rows.flat(), { mode, dual, beta: 0.1 });
      near(got.loss, want, 2e-4);
    }));
  });

  it("has REINFORCE's gradient when the ratio is 1", () => {
    fc.assert(fc.property(batch, (rows) => {
      const { logProbs, advantages, mask, rowLengths } = columnsOf(rows);
      const columns = { logProbs, behaviorLogProbs: logProbs, advantages, mask, rowLengths };
      deepEqual(ppoClip(kernels, columns).dLogProbs, reinforce(kernels, columns).dLogProbs);
    }));
  });
});

for (const [name, objective] of Object.entries(objectives)) {
  describe(`${name}`, () => {
    it("has the gradient that central differences of the loss give", () => {
      const columns = smooth();
      const { dLogProbs } = objective(columns);
      const step = 1 / 256;
      columns.logProbs.forEach((logProb, t) => {
        const moved = (by: number): number => {
          const logProbs = columns.logProbs.slice();
          logProbs[t] = logProb + by;
          return objective({ ...columns, logProbs }).loss;
        };
        near(dLogProbs[t], (moved(step) - moved(-step)) / (2 * step), 2e-3);
      });
      ok(dLogProbs.some((slope) => slope !== 0));
    });

    it("has no gradient when nothing is learnable, and the loss is 0", () => {
      const columns = { ...smooth(), mask: new Uint8Array(8) };
      const { loss, dLogProbs } = objective(columns);
      equal(Math.abs(loss), 0);
      ok(dLogProbs.every((slope) => slope === 0));
    });

    it("does not read what stands under the mask", () => {
      const columns = smooth();
      const poisoned = { ...columns, logProbs: columns.logProbs.slice(), advantages: columns.advantages.slice() };
      poisoned.logProbs[5] = NaN;
      poisoned.advantages[5] = Infinity;
      deepEqual(objective(poisoned), objective(columns));
    });

    it("passes NaN and infinity on and counts them", () => {
      for (const [column, bad] of [["logProbs", NaN], ["advantages", NaN], ["advantages", Infinity]] as const) {
        const columns = smooth();
        columns[column][4] = bad;
        const { loss, metrics } = objective(columns);
        ok(!Number.isFinite(loss), `${column} ${bad} gave ${loss}`);
        ok(metrics.nonFinite >= 1);
      }
    });

    it("throws ShapeError when a column is too short", () => {
      throws(() => objective({ ...smooth(), advantages: new Float32Array(7) }), ShapeError);
      throws(() => objective({ ...smooth(), rowLengths: Uint32Array.of(3) }), ShapeError);
    });
  });
}

describe("policy losses", () => {
  it("have no gradient where the advantage is 0 and no KL acts", () => {
    const columns = { ...smooth(), advantages: new Float32Array(8), referenceLogProbs: undefined };
    for (const [name, objective] of Object.entries(objectives)) {
      if (name === "dro") continue; // pulls towards the behaviour policy whatever the advantage
      ok(objective(columns).dLogProbs.every((slope) => Math.abs(slope) === 0), name);
    }
  });

  it("pass NaN on without a reference, too", () => {
    for (const [name, objective] of Object.entries(objectives)) {
      for (const column of ["logProbs", "behaviorLogProbs"] as const) {
        for (const token of [0, 4]) {
          const columns = { ...smooth(), referenceLogProbs: undefined };
          columns[column][token] = NaN;
          const { loss, metrics } = objective(columns);
          ok(Number.isNaN(loss), `${name}: ${column}[${token}] gave ${loss}`);
          equal(metrics.nonFinite, 1);
        }
      }
    }
  });

  it("permute with their rows", () => {
    const columns = smooth();
    const order = [3, 4, 5, 6, 7, 0, 1, 2];
    const pick = (column: Float32Array): Float32Array => Float32Array.from(order, (t) => column[t]);
    const moved = {
      logProbs: pick(columns.logProbs),
      behaviorLogProbs: pick(columns.behaviorLogProbs),
      advantages: pick(columns.advantages),
      referenceLogProbs: pick(columns.referenceLogProbs),
      mask: Uint8Array.from(order, (t) => columns.mask[t]),
      rowLengths: Uint32Array.of(1, 4, 3),
    };
    for (const objective of Object.values(objectives)) {
      const [before, after] = [objective(columns), objective(moved)];
      near(after.loss, before.loss, 1e-6);
      deepEqual(after.dLogProbs, pick(before.dLogProbs));
    }
  });

  it("work on a single token and on none", () => {
    const one = {
      logProbs: Float32Array.of(-1),
      behaviorLogProbs: Float32Array.of(-1),
      advantages: Float32Array.of(2),
    };
    equal(ppoClip(kernels, one).loss, -2);
    const none = { logProbs: new Float32Array(), advantages: new Float32Array() };
    equal(Math.abs(reinforce(kernels, none).loss), 0);
  });
});

describe("cispo()", () => {
  it("keeps a gradient where PPO has none", () => {
    const columns = {
      logProbs: Float32Array.of(0),
      behaviorLogProbs: Float32Array.of(-1),
      advantages: Float32Array.of(1),
    };
    equal(Math.abs(ppoClip(kernels, columns).dLogProbs[0]), 0);
    near(cispo(kernels, columns, { clipHigh: 0.5 }).dLogProbs[0], -1.5);
  });
});

describe("gspo()", () => {
  it("has the gradient that central differences of the loss give", () => {
    const columns = smooth();
    const run = (logProbs: Float32Array) => gspo(kernels, { ...columns, logProbs }, { clipLow: 0.9, clipHigh: 0.9 });
    const { dLogProbs } = run(columns.logProbs);
    columns.logProbs.forEach((logProb, t) => {
      const moved = (by: number) => run(columns.logProbs.with(t, logProb + by)).loss;
      // Advantages differ inside a row here; by the formula each token's own counts, so only rows of one are compared.
      if (t === 3) near(dLogProbs[t], (moved(1 / 256) - moved(-1 / 256)) * 128, 2e-3);
    });
  });
});

describe("valueLoss()", () => {
  it("gives the hand-computed loss and stops the gradient where the clip acts", () => {
    // v=2, G=0, vOld=1, ε=0.5: clipped 1.5; errors² 4 and 2.25: the first is larger. v=0, G=2, vOld=1: clipped 0.5; 4, 2.25.
    // v=2, G=3, vOld=1: clipped 1.5; 1 and 2.25: the clip acts.
    const { loss, dValues, metrics } = valueLoss(kernels, {
      values: Float32Array.of(2, 0, 2),
      returns: Float32Array.of(0, 2, 3),
      oldValues: Float32Array.of(1, 1, 1),
    }, { clipRange: 0.5 });
    near(loss, 0.5 * (4 + 4 + 2.25) / 3);
    [2 / 3, -2 / 3, 0].forEach((want, t) => near(dValues[t], want));
    near(metrics.clipFraction, 1 / 3);
  });

  it("passes NaN on", () => {
    for (const column of ["values", "returns", "oldValues"]) {
      const columns = {
        values: Float32Array.of(1, 2),
        returns: Float32Array.of(0, 1),
        oldValues: Float32Array.of(1, 1),
      };
      columns[column as keyof typeof columns][0] = NaN;
      const { loss, metrics } = valueLoss(kernels, columns, { clipRange: 1 });
      ok(Number.isNaN(loss), column);
      equal(metrics.nonFinite, 1);
    }
  });
});

describe("nll()", () => {
  it("gives the hand-computed weighted mean", () => {
    const { loss, dLogProbs } = nll(kernels, {
      logProbs: Float32Array.of(-1, -2, -9),
      weights: Float32Array.of(1, 0.5, 7),
      mask: Uint8Array.of(1, 1, 0),
    });
    equal(loss, (1 * 1 + 0.5 * 2) / 2);
    deepEqual([...dLogProbs], [-0.5, -0.25, 0]);
  });
});

describe("entropyBonus()", () => {
  it("gives the hand-computed loss and gradient", () => {
    const { loss, dEntropies } = entropyBonus(kernels, { entropies: Float32Array.of(1, 2) }, { coefficient: 0.1 });
    near(loss, -0.15);
    [-0.05, -0.05].forEach((want, t) => near(dEntropies[t], want));
  });
});
