import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { ShapeError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  dro,
  gmpo,
  gspo,
  importanceWeights,
  luspo,
  type PolicyColumns,
  type PolicyLoss,
  reinforce,
  rejectionMask,
  type RejectionRule,
  vespo,
} from "../../src/rl/mod.ts";
import { ratioOracle } from "../oracles/imitation.ts";
import { allNear, isGradient, near } from "./_gradients.ts";

const kernels = await loadKernels();
/** Log-ratios as columns: behaviour 0. */
const columnsOf = (gaps: readonly number[], lengths?: readonly number[], mask?: readonly number[]) => ({
  logProbs: Float32Array.from(gaps),
  behaviorLogProbs: new Float32Array(gaps.length),
  rowLengths: lengths && Uint32Array.from(lengths),
  mask: mask && Uint8Array.from(mask),
});
const ln = Math.log;

describe("importanceWeights()", () => {
  it("gives the hand-computed weights and shares of each level", () => {
    const columns = columnsOf([ln(2), ln(4), ln(0.25)], [2, 1]);
    const run = (options: Parameters<typeof importanceWeights>[2]) => importanceWeights(kernels, columns, options);
    allNear(run({ highest: 3 }).weights, [2, 3, 0.25]);
    allNear(run({ highest: 3, lowest: 0.5, outside: "drop" }).weights, [2, 0, 0]);
    allNear(run({ level: "sequence", highest: 5 }).weights, [5, 5, 0.25]);
    allNear(run({ level: "geometric", highest: 5 }).weights, [Math.sqrt(8), Math.sqrt(8), 0.25]);
    allNear(run({ highest: 3, normalize: true }).weights, [2, 3, 0.25].map((w) => w / 1.75));
    allNear(run({ level: "sequence", highest: 5, normalize: true }).weights, [5, 5, 0.25].map((w) => w / 2.625));
    const { outsideShare, effectiveSampleShare } = run({ highest: 3 }).metrics;
    near(outsideShare, 1 / 3);
    near(effectiveSampleShare, 5.25 ** 2 / (3 * (4 + 9 + 0.0625)));
  });

  it("agrees with the float64 oracle at every level", () => {
    const token = fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }).map(Math.fround), fc.constantFrom(0, 1, 1));
    const rows = fc.array(fc.array(token, { maxLength: 7 }), { minLength: 1, maxLength: 4 });
    fc.assert(fc.property(rows, fc.constantFrom("token", "sequence", "geometric"), (some, level) => {
      const tokens = some.flat();
      const columns = columnsOf(tokens.map(([x]) => x), some.map((row) => row.length), tokens.map(([, m]) => m));
      const want = some.flatMap((row) => ratioOracle(row.map(([x]) => x), row.map(([, m]) => m), level))
        .map((ratio, t) => tokens[t][1] ? Math.min(Math.max(ratio, 0.5), 4) : 0);
      const { weights } = importanceWeights(kernels, columns, { level, lowest: 0.5, highest: 4 });
      allNear(weights, want, 1e-5);
    }));
  });

  it("is 1 on-policy, whatever the level, and clamps what would overflow", () => {
    for (const level of ["token", "sequence", "geometric"] as const) {
      const { weights, metrics } = importanceWeights(kernels, columnsOf([0, 0]), { level, normalize: true });
      deepEqual([[...weights], metrics.effectiveSampleShare, metrics.outsideShare], [[1, 1], 1, 0]);
    }
    near(importanceWeights(kernels, columnsOf([900]), { highest: Infinity }).weights[0], Math.exp(20));
  });

  it("never reads what is masked, is 0 when everything is, and passes NaN on", () => {
    const { weights, metrics } = importanceWeights(kernels, columnsOf([NaN, 0], [2], [0, 1]));
    deepEqual([...weights], [0, 1]);
    equal(metrics.outsideShare, 0);
    const none = importanceWeights(kernels, columnsOf([1, 2], [2], [0, 0]), { normalize: true });
    deepEqual([[...none.weights], none.metrics.effectiveSampleShare], [[0, 0], 0]);
    ok(Number.isNaN(importanceWeights(kernels, columnsOf([NaN, 0])).weights[0]));
    equal(importanceWeights(kernels, columnsOf([])).weights.length, 0);
  });

  it("names what is wrong", () => {
    throws(() => importanceWeights(kernels, columnsOf([1]), { level: "row" as "token" }), /Cannot use level 'row'/);
    throws(() => importanceWeights(kernels, { ...columnsOf([1]), behaviorLogProbs: new Float32Array(2) }), ShapeError);
    throws(() => importanceWeights(kernels, columnsOf([1, 2], [1])), ShapeError);
  });
});

describe("rejectionMask()", () => {
  const columns = columnsOf([0.1, -0.4, 0.2, 1], [2, 1, 1]);
  const kept = (...rules: RejectionRule[]) => [...rejectionMask(kernels, columns, rules).mask];

  it("holds tokens and rows against its bounds", () => {
    deepEqual(kept({ unit: "token", divergence: "k1", lowest: -0.3, highest: 0.3 }), [1, 0, 1, 0]);
    deepEqual(kept({ unit: "row-sum", divergence: "k1", lowest: -0.3 }), [1, 1, 1, 0]); // sums 0.3, −0.2, −1
    deepEqual(kept({ unit: "row-mean", divergence: "k1", highest: 0.16 }), [1, 1, 1, 1]); // mean 0.15
    deepEqual(kept({ unit: "row-mean", divergence: "k1", highest: 0.14 }), [0, 0, 1, 1]);
    deepEqual(kept({ unit: "row-max", divergence: "k2", highest: 0.05 }), [0, 0, 1, 0]); // 0.08, 0.02, 0.5
    deepEqual(kept({ unit: "row-sum", divergence: "k3", highest: Math.exp(0.2) - 1.2 + 1e-6 }), [0, 0, 1, 0]);
  });

  it("keeps what all rules keep, and counts the rest", () => {
    const rules: RejectionRule[] = [
      { unit: "token", divergence: "k1", highest: 0 },
      { unit: "token", divergence: "k2", highest: 0.1 },
    ];
    const { mask, rejectedShare } = rejectionMask(kernels, columns, rules);
    deepEqual([...mask], [1, 0, 1, 0]);
    equal(rejectedShare, 0.5);
    deepEqual([...rejectionMask(kernels, columns, []).mask], [1, 1, 1, 1]);
  });

  it("rejects NaN, never reads what is masked, and works on nothing", () => {
    const rule: RejectionRule = { unit: "row-max", divergence: "k2", highest: 1 };
    deepEqual([...rejectionMask(kernels, columnsOf([NaN, 0, 0], [2, 1]), [rule]).mask], [0, 0, 1]);
    deepEqual([...rejectionMask(kernels, columnsOf([NaN, 0, 0], [2, 1], [0, 1, 1]), [rule]).mask], [0, 1, 1]);
    deepEqual(rejectionMask(kernels, columnsOf([5], [1], [0]), [rule]), { mask: Uint8Array.of(0), rejectedShare: 0 });
    throws(() => kept({ unit: "row", divergence: "k1" } as unknown as RejectionRule), /Cannot reject by 'row' of 'k1'/);
    throws(() => rejectionMask(kernels, { ...columns, behaviorLogProbs: new Float32Array(1) }, []), ShapeError);
  });
});

/** Rows of one advantage each, ratios clear of every bound. */
const smooth = (): Required<Omit<PolicyColumns, "scales" | "logRatios" | "referenceLogProbs">> => ({
  logProbs: Float32Array.of(-1.2, -0.7, -2, -1, -0.4),
  behaviorLogProbs: Float32Array.of(-1.1, -0.9, -1, -1.3, -0.65),
  advantages: Float32Array.of(1.5, 1.5, 1.5, -0.8, -0.8),
  mask: Uint8Array.of(1, 1, 0, 1, 1),
  rowLengths: Uint32Array.of(3, 2),
});
const objectives: Record<string, (columns: PolicyColumns) => PolicyLoss> = {
  gmpo: (columns) => gmpo(kernels, columns),
  "gmpo with a clip that acts": (columns) => gmpo(kernels, columns, { clipLow: 0.15, clipHigh: 0.15 }),
  dro: (columns) => dro(kernels, columns, { beta: 0.5 }),
  vespo: (columns) => vespo(kernels, columns),
  luspo: (columns) => luspo(kernels, columns, { clipLow: 0.5, clipHigh: 0.5 }),
};
for (const [name, objective] of Object.entries(objectives)) {
  describe(`the policy loss '${name}'`, () => {
    it("never reads what is masked, is 0 when everything is, and passes NaN on", () => {
      const columns = smooth();
      const poisoned = {
        ...columns,
        logProbs: columns.logProbs.with(2, NaN),
        advantages: columns.advantages.with(2, NaN),
      };
      deepEqual(objective(poisoned), objective(columns));
      const none = objective({ ...columns, mask: new Uint8Array(5) });
      equal(Math.abs(none.loss), 0);
      ok(none.dLogProbs.every((slope) => slope === 0));
      const { loss, metrics } = objective({ ...columns, logProbs: columns.logProbs.with(0, NaN) });
      ok(!Number.isFinite(loss) && metrics.nonFinite >= 1, `${loss}`);
    });

    it("names what is wrong", () => {
      throws(() => objective({ ...smooth(), behaviorLogProbs: undefined }), /'behaviorLogProbs' are absent/);
      throws(() => objective({ ...smooth(), advantages: new Float32Array(2) }), ShapeError);
    });

    it("has the gradient of REINFORCE where nothing has moved", () => {
      const columns = { ...smooth(), behaviorLogProbs: smooth().logProbs };
      const rows = name.startsWith("gmpo")
        ? "seq-mean-token-mean"
        : name === "luspo"
        ? "seq-mean-token-sum"
        : "token-mean";
      allNear(objective(columns).dLogProbs, reinforce(kernels, columns, { aggregation: rows }).dLogProbs, 1e-6);
    });
  });
}

describe("gmpo(), dro() and luspo()", () => {
  it("have the gradient that central differences of the loss give", () => {
    for (const name of ["gmpo", "gmpo with a clip that acts", "dro", "luspo"]) {
      const columns = smooth();
      const run = (logProbs: Float32Array) => objectives[name]({ ...columns, logProbs });
      isGradient(columns.logProbs, run(columns.logProbs).dLogProbs, (logProbs) => run(logProbs).loss, 1e-3, name);
    }
  });
});

describe("gmpo()", () => {
  it("clips only the side that gains, and counts tokens", () => {
    // x = −0.1, 0.2 at A > 0: 0.2 is clipped to 0.15; 0.3, 0.25 at A < 0: neither is.
    const { loss, metrics } = gmpo(kernels, smooth(), { clipLow: 0.15, clipHigh: 0.15 });
    near(loss, (-1.5 * Math.exp((-0.1 + 0.15) / 2) + 0.8 * Math.exp((0.3 + 0.25) / 2)) / 2, 1e-6);
    near(metrics.clipFraction, 0.25);
  });

  it("has no gradient where the advantage is 0", () => {
    ok(
      gmpo(kernels, { ...smooth(), advantages: new Float32Array(5) }).dLogProbs.every((slope) => Math.abs(slope) === 0),
    );
  });
});

describe("vespo()", () => {
  it("weighs by W^k·e^{λ(1−W)} of the row's ratio, without a gradient through it", () => {
    const { dLogProbs, loss } = vespo(kernels, smooth());
    const phi = (w: number, k: number, lambda: number) => w ** k * Math.exp(lambda * (1 - w));
    const [up, down] = [phi(Math.exp(0.1), 2, 3), phi(Math.exp(0.55), 3, 2)];
    allNear(dLogProbs, [-1.5 * up / 4, -1.5 * up / 4, 0, 0.8 * down / 4, 0.8 * down / 4], 1e-5);
    near(loss, (1.5 * up * 1.9 - 0.8 * down * 1.4) / 4, 1e-5);
  });
});

describe("luspo()", () => {
  it("weighs rows of gspo by their length", () => {
    const columns = smooth();
    const of = (from: number, to: number) =>
      gspo(kernels, {
        logProbs: columns.logProbs.slice(from, to),
        behaviorLogProbs: columns.behaviorLogProbs.slice(from, to),
        advantages: columns.advantages.slice(from, to),
        mask: columns.mask.slice(from, to),
      }, { clipLow: 0.5, clipHigh: 0.5 }).loss;
    near(luspo(kernels, columns, { clipLow: 0.5, clipHigh: 0.5 }).loss, (2 * of(0, 3) + 2 * of(3, 5)) / 2, 1e-6);
  });
});
