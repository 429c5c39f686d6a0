import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { ShapeError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { nStepReturns, retrace, type RetraceColumns, upgo } from "../../src/rl/mod.ts";
import { retraceOracle, type RetraceStep } from "../oracles/retrace.ts";
import { upgoOracle } from "../oracles/upgo.ts";

const kernels = await loadKernels();
const allNear = (got: ArrayLike<number>, want: ArrayLike<number>, tolerance = 1e-4): void => {
  equal(got.length, want.length);
  for (let i = 0; i < want.length; i++) {
    ok(Math.abs(got[i] - want[i]) <= tolerance * (1 + Math.abs(want[i])), `[${i}] ${got[i]} is not near ${want[i]}`);
  }
};
const number = fc.double({ min: -3, max: 3, noNaN: true }).map(Math.fround);
const share = fc.constantFrom(0, 0.5, 0.9, 1);
const discount = fc.constantFrom(0, 0.5, 1, 1);

const retraceSteps = fc.array(
  fc.record({
    reward: number,
    discount,
    nextValues: fc.array(number, { minLength: 3, maxLength: 3 }),
    nextAction: fc.nat(2),
    odds: fc.array(fc.nat(8), { minLength: 3, maxLength: 3 }),
    nextPropensity: fc.constantFrom(0.0625, 0.25, 0.5, 1),
  }),
  { minLength: 1, maxLength: 10 },
).map((list) =>
  list.map(({ odds, ...step }): RetraceStep => ({
    ...step,
    nextProbabilities: odds.map((odd) => (odd + 1) / odds.reduce((sum, o) => sum + o + 1, 0)),
  }))
);
function columnsOf(steps: readonly RetraceStep[]): RetraceColumns {
  return {
    actionValues: new Float32Array(3 * steps.length),
    actions: new Uint32Array(steps.length),
    rewards: Float32Array.from(steps, (s) => s.reward),
    discounts: Float32Array.from(steps, (s) => s.discount),
    nextActionValues: Float32Array.from(steps.flatMap((s) => s.nextValues)),
    nextProbabilities: Float32Array.from(steps.flatMap((s) => s.nextProbabilities)),
    nextActions: Uint32Array.from(steps, (s) => s.nextAction),
    nextPropensities: Float32Array.from(steps, (s) => s.nextPropensity),
  };
}

describe("retrace()", () => {
  it("agrees with the float64 oracle", () => {
    fc.assert(fc.property(retraceSteps, share, (steps, lambda) => {
      allNear(retrace(kernels, columnsOf(steps), { lambda, epsilon: 0 }).targets, retraceOracle(steps, lambda));
    }));
  });

  it("treats rows as if each were alone", () => {
    fc.assert(fc.property(retraceSteps, retraceSteps, (a, b) => {
      const rowLengths = Uint32Array.of(a.length, b.length);
      const { targets } = retrace(kernels, { ...columnsOf([...a, ...b]), rowLengths });
      const alone = [a, b].flatMap((steps) => [...retrace(kernels, columnsOf(steps)).targets]);
      deepEqual([...targets], alone);
    }));
  });

  it("does not look further than one step when lambda is 0", () => {
    fc.assert(fc.property(retraceSteps, (steps) => {
      const { targets } = retrace(kernels, columnsOf(steps), { lambda: 0 });
      const want = steps.map((s) =>
        s.reward + s.discount * s.nextValues.reduce((sum, v, a) => sum + v * s.nextProbabilities[a], 0)
      );
      allNear(targets, want);
    }));
  });

  it("has the gradient of its loss, targets held constant", () => {
    const steps = fc.sample(retraceSteps, { numRuns: 1, seed: 3 })[0];
    const columns = {
      ...columnsOf(steps),
      actionValues: Float32Array.from({ length: 3 * steps.length }, (_, i) => i / 7),
    };
    const { targets, dActionValues } = retrace(kernels, columns);
    const loss = (q: ArrayLike<number>): number =>
      steps.reduce((sum, _, t) => sum + (targets[t] - q[3 * t + columns.actions[t]]) ** 2 / 2 / steps.length, 0);
    dActionValues.forEach((slope, i) => {
      const moved = (by: number): number => loss(Array.from(columns.actionValues, (x, k) => k === i ? x + by : x));
      ok(Math.abs((moved(1e-3) - moved(-1e-3)) / 2e-3 - slope) < 1e-4);
    });
  });

  it("is nothing without steps, and refuses what does not fit", () => {
    equal(retrace(kernels, columnsOf([])).loss, 0);
    const columns = columnsOf(fc.sample(retraceSteps, { numRuns: 1, seed: 1 })[0]);
    throws(() => retrace(kernels, { ...columns, discounts: new Float32Array(99) }), ShapeError);
    throws(() => retrace(kernels, { ...columns, rowLengths: Uint32Array.of(99) }), ShapeError);
    throws(
      () => retrace(kernels, { ...columns, nextActions: columns.nextActions.map(() => 3) }),
      /action 3 is none of 3/,
    );
    throws(() => retrace(kernels, { ...columns, actions: columns.actions.map(() => 7) }), /'actions': action 7/);
  });
});

const upgoSteps = fc.array(fc.record({ r: number, v: number, n: number, d: discount }), { minLength: 1, maxLength: 12 })
  .map((list) => ({
    rewards: Float32Array.from(list, (s) => s.r),
    values: Float32Array.from(list, (s) => s.v),
    nextValues: Float32Array.from(list, (s) => s.n),
    discounts: Float32Array.from(list, (s) => s.d),
  }));

describe("upgo()", () => {
  it("agrees with the float64 oracle", () => {
    fc.assert(fc.property(upgoSteps, (columns) => {
      allNear(upgo(kernels, columns).returns, upgoOracle(columns));
    }));
  });

  it("is never below the one-step return, and is the whole return when all goes better than expected", () => {
    fc.assert(fc.property(upgoSteps, (columns) => {
      const one = nStepReturns(kernels, { ...columns, discounts: columns.discounts }, { n: 1 });
      upgo(kernels, columns).returns.forEach((value, t) => ok(value >= one[t] - 1e-4));
    }));
    const { returns } = upgo(kernels, {
      rewards: Float32Array.of(1, 1, 1),
      values: new Float32Array(3),
      nextValues: new Float32Array(3),
    });
    deepEqual([...returns], [3, 2, 1]);
  });

  it("multiplies advantages by the importance ratio", () => {
    const columns = { rewards: Float32Array.of(2), values: Float32Array.of(0.5), nextValues: Float32Array.of(0) };
    equal(upgo(kernels, { ...columns, importanceRatios: Float32Array.of(0.5) }).advantages[0], 0.75);
  });

  it("is nothing without steps, and refuses what does not fit", () => {
    const none = new Float32Array(0);
    equal(upgo(kernels, { rewards: none, values: none, nextValues: none }).returns.length, 0);
    throws(() => upgo(kernels, { rewards: new Float32Array(2), values: none, nextValues: none }), ShapeError);
  });
});
