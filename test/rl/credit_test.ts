import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { ShapeError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  discountedReturns,
  gae,
  groupAdvantages,
  lambdaReturns,
  maskedGae,
  nStepReturns,
  rowsToTokens,
  stepAdvantages,
  vtrace,
  whiten,
} from "../../src/rl/mod.ts";
import { gaeOracle } from "../oracles/gae.ts";

const kernels = await loadKernels();
const near = (got: number, want: number, tolerance = 1e-4): void =>
  ok(Math.abs(got - want) <= tolerance * (1 + Math.abs(want)), `${got} is not near ${want}`);
const allNear = (got: ArrayLike<number>, want: ArrayLike<number>): void => {
  equal(got.length, want.length);
  for (let i = 0; i < want.length; i++) near(got[i], want[i]);
};

const number = fc.double({ min: -3, max: 3, noNaN: true }).map(Math.fround);
const flag = fc.constantFrom(0, 0, 0, 1);
const steps = fc.array(fc.record({ r: number, v: number, n: number, end: flag, cut: flag }), {
  minLength: 1,
  maxLength: 12,
}).map((list) => ({
  rewards: Float32Array.from(list, (s) => s.r),
  values: Float32Array.from(list, (s) => s.v),
  nextValues: Float32Array.from(list, (s) => s.n),
  terminated: Uint8Array.from(list, (s) => s.end),
  truncated: Uint8Array.from(list, (s) => s.cut),
}));
const share = fc.constantFrom(0, 0.5, 0.9, 1);

describe("gae()", () => {
  it("agrees with the float64 oracle", () => {
    fc.assert(fc.property(steps, share, share, (columns, gamma, lambda) => {
      allNear(gae(kernels, columns, { gamma, lambda }).advantages, gaeOracle(columns, gamma, lambda));
    }));
  });

  it("is the one-step error when lambda is 0", () => {
    fc.assert(fc.property(steps, (columns) => {
      const { advantages } = gae(kernels, columns, { gamma: 0.9, lambda: 0 });
      const want = columns.rewards.map((r, t) =>
        r + 0.9 * (1 - columns.terminated[t]) * columns.nextValues[t] - columns.values[t]
      );
      allNear(advantages, want);
    }));
  });

  it("is the discounted return minus the value when lambda is 1 and the row ends", () => {
    fc.assert(fc.property(steps, (columns) => {
      const last = columns.rewards.length - 1;
      const terminated = new Uint8Array(last + 1).fill(1, last);
      const nextValues = columns.values.slice(1);
      const chained = { ...columns, terminated, truncated: undefined, nextValues: new Float32Array(last + 1) };
      chained.nextValues.set(nextValues);
      const { returns } = gae(kernels, chained, { gamma: 0.9, lambda: 1 });
      allNear(returns, discountedReturns(kernels, { rewards: columns.rewards }, { gamma: 0.9 }));
    }));
  });

  it("tells an end from a cut", () => {
    const columns = { rewards: Float32Array.of(1), values: Float32Array.of(0), nextValues: Float32Array.of(10) };
    const options = { gamma: 0.5, lambda: 1 };
    const at = (terminated: number, truncated: number) =>
      gae(kernels, { ...columns, terminated: Uint8Array.of(terminated), truncated: Uint8Array.of(truncated) }, options)
        .advantages[0];
    equal(at(1, 0), 1);
    equal(at(0, 1), 6);
  });

  it("keeps NaN inside its row", () => {
    const { advantages } = gae(kernels, {
      rewards: Float32Array.of(1, NaN, 1),
      values: new Float32Array(3),
      nextValues: new Float32Array(3),
      terminated: new Uint8Array(3),
      rowLengths: Uint32Array.of(2, 1),
    }, { gamma: 1, lambda: 1 });
    deepEqual([...advantages].map(Number.isNaN), [true, true, false]);
  });
});

describe("stepAdvantages()", () => {
  it("equals gae on each episode by itself", () => {
    fc.assert(fc.property(fc.array(fc.tuple(steps, flag, number), { minLength: 1, maxLength: 5 }), (episodes) => {
      const join = (name: "rewards" | "values") => Float32Array.from(episodes.flatMap(([e]) => [...e[name]]));
      const got = stepAdvantages(kernels, {
        rewards: join("rewards"),
        values: join("values"),
        stepsPerEpisode: Uint32Array.from(episodes, ([e]) => e.rewards.length),
        terminated: Uint8Array.from(episodes, ([, ended]) => ended),
        bootstrap: Float32Array.from(episodes, ([, , value]) => value),
      }, { gamma: 0.9, lambda: 0.8 });
      const want = episodes.flatMap(([{ rewards, values }, ended, bootstrap]) => {
        const last = rewards.length - 1;
        return gaeOracle(
          {
            rewards,
            values,
            nextValues: [...values.slice(1), bootstrap],
            terminated: rewards.map((_, t) => t === last ? ended : 0),
            truncated: new Uint8Array(last + 1),
          },
          0.9,
          0.8,
        );
      });
      allNear(got.advantages, want);
    }));
  });

  it("skips episodes without steps and throws ShapeError when steps are missing", () => {
    const columns = {
      rewards: Float32Array.of(1, 2),
      values: new Float32Array(2),
      stepsPerEpisode: Uint32Array.of(1, 0, 1),
      terminated: Uint8Array.of(1, 1, 1),
    };
    deepEqual([...stepAdvantages(kernels, columns, { gamma: 1, lambda: 1 }).advantages], [1, 2]);
    const short = { ...columns, stepsPerEpisode: Uint32Array.of(1, 0, 0) };
    throws(() => stepAdvantages(kernels, short, { gamma: 1, lambda: 1 }), ShapeError);
  });

  it("normalizes advantages and leaves returns raw", () => {
    const columns = {
      rewards: Float32Array.of(1, 2, 6),
      values: new Float32Array(3),
      stepsPerEpisode: Uint32Array.of(1, 1, 1),
      terminated: Uint8Array.of(1, 1, 1),
    };
    const { advantages, returns } = stepAdvantages(kernels, columns, { gamma: 1, lambda: 1, normalize: true });
    near(advantages.reduce((a, b) => a + b), 0);
    near(advantages.reduce((a, b) => a + b * b, 0) / 2, 1);
    deepEqual([...returns], [1, 2, 6]);
  });
});

describe("returns", () => {
  it("n-step is one-step at n = 1 and Monte-Carlo at large n", () => {
    fc.assert(fc.property(steps, (columns) => {
      const { rewards, nextValues, terminated } = columns;
      const discounts = Float32Array.from(terminated, (ended) => 0.5 * (1 - ended));
      const one = nStepReturns(kernels, { rewards, nextValues, discounts }, { n: 1 });
      allNear(one, rewards.map((r, t) => r + discounts[t] * nextValues[t]));
      const bootstrap = nextValues.slice(-1);
      const many = nStepReturns(kernels, { rewards, nextValues, discounts }, { n: 1000 });
      allNear(many, discountedReturns(kernels, { rewards, terminated, bootstrap }, { gamma: 0.5 }));
    }));
  });

  it("lambda returns are gae plus the value when values chain", () => {
    fc.assert(fc.property(steps, share, (columns, lambda) => {
      const nextValues = new Float32Array(columns.values.length).fill(0.7);
      nextValues.set(columns.values.subarray(1));
      const chained = { ...columns, nextValues, truncated: undefined };
      const options = { gamma: 0.9, lambda };
      allNear(lambdaReturns(kernels, chained, options), gae(kernels, chained, options).returns);
    }));
  });

  it("masked gae without masked tokens is gae of an episode that ends", () => {
    fc.assert(fc.property(steps, share, ({ rewards, values }, lambda) => {
      const steps = { rewards, values, stepsPerEpisode: Uint32Array.of(rewards.length), terminated: Uint8Array.of(1) };
      const options = { gamma: 0.9, lambda };
      allNear(
        maskedGae(kernels, { rewards, values }, options).advantages,
        stepAdvantages(kernels, steps, options).advantages,
      );
    }));
  });
});

describe("vtrace()", () => {
  it("is the lambda return when the policy is the one that acted", () => {
    fc.assert(fc.property(steps, share, (columns, lambda) => {
      const { rewards, values, terminated } = columns;
      const logProbs = new Float32Array(rewards.length).fill(-1);
      const nextValues = new Float32Array(rewards.length).fill(0.3);
      nextValues.set(values.subarray(1));
      const discounts = Float32Array.from(terminated, (ended) => 0.9 * (1 - ended));
      const all = { logProbs, behaviorLogProbs: logProbs, rewards, values, nextValues, discounts };
      const want = lambdaReturns(kernels, { rewards, nextValues, terminated }, { gamma: 0.9, lambda });
      allNear(vtrace(kernels, all, { lambda }).targets, want);
    }));
  });
});

describe("groupAdvantages()", () => {
  const raw = { singleton: "raw" } as const;
  it("gives the hand-computed advantages", () => {
    // mean 2, sample deviation √((1+0+1)/2) = 1
    const columns = { rewards: Float32Array.of(1, 2, 3), groups: Uint32Array.of(4, 4, 4) };
    allNear(groupAdvantages(kernels, columns, { ...raw, scale: "group" }), [-1, 0, 1]);
    allNear(groupAdvantages(kernels, columns, { ...raw, baseline: "others" }), [-1.5, 0, 1.5]);
  });

  it("does not change when a constant is added, and permutes with its rows", () => {
    const rewards = fc.array(fc.tuple(number, fc.integer({ min: 0, max: 2 })), { minLength: 1, maxLength: 9 });
    fc.assert(fc.property(rewards, fc.constantFrom("none", "batch"), (rows, scale) => {
      const run = (shift: number, list: typeof rows) =>
        groupAdvantages(kernels, {
          rewards: Float32Array.from(list, ([r]) => r + shift),
          groups: Uint32Array.from(list, ([, group]) => group),
        }, { singleton: "zero", scale, epsilon: 0.1 });
      allNear(run(2, rows), run(0, rows));
      allNear(run(0, rows.toReversed()), run(0, rows).toReversed());
    }));
  });

  it("gives zeros to equal rewards, and what is asked for to a single one", () => {
    const columns = { rewards: Float32Array.of(5, 5, 3), groups: Uint32Array.of(1, 1, 2) };
    for (const scale of ["none", "group"] as const) {
      allNear(groupAdvantages(kernels, columns, { ...raw, scale }), [0, 0, 3]);
      allNear(groupAdvantages(kernels, columns, { singleton: "zero", scale }), [0, 0, 0]);
    }
  });
});

describe("whiten()", () => {
  it("gives zeros to equal numbers, to a single one and under the mask", () => {
    deepEqual([...whiten(kernels, Float32Array.of(2, 2))], [0, 0]);
    deepEqual([...whiten(kernels, Float32Array.of(7))], [0]);
    deepEqual([...whiten(kernels, Float32Array.of(7, NaN), { mask: Uint8Array.of(1, 0) })], [0, 0]);
  });
});

describe("rowsToTokens()", () => {
  it("repeats each row's number and throws ShapeError when lengths differ", () => {
    deepEqual([...rowsToTokens(Float32Array.of(1, 2, 3), Uint32Array.of(1, 0, 2))], [1, 3, 3]);
    throws(() => rowsToTokens(Float32Array.of(1), Uint32Array.of(1, 1)), ShapeError);
  });
});
