import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { ShapeError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  doublyRobustStepAdvantages,
  gigpo,
  type GigpoColumns,
  hgpo,
  igpo,
  istarAdvantages,
  remaxAdvantages,
  stepAdvantages,
  stepsToTokens,
  stepTokenWeights,
  turnGae,
} from "../../src/rl/mod.ts";
import { gigpoOracle, hgpoOracle, type OracleStep } from "../oracles/step_credit.ts";

const kernels = await loadKernels();
const allNear = (got: ArrayLike<number>, want: ArrayLike<number>, tolerance = 1e-4): void => {
  equal(got.length, want.length);
  for (let i = 0; i < want.length; i++) {
    ok(Math.abs(got[i] - want[i]) <= tolerance * (1 + Math.abs(want[i])), `[${i}] ${got[i]} is not near ${want[i]}`);
  }
};

const number = fc.double({ min: -2, max: 2, noNaN: true }).map(Math.fround);
/** Several tasks' episodes that meet in few states. */
const batch = fc.array(
  fc.record({
    group: fc.nat(1),
    steps: fc.array(fc.record({ state: fc.nat(2), reward: number }), { minLength: 1, maxLength: 5 }),
  }),
  { minLength: 1, maxLength: 6 },
);
type Batch = readonly { readonly group: number; readonly steps: readonly { state: number; reward: number }[] }[];
const stepsOf = (episodes: Batch): OracleStep[] =>
  episodes.flatMap(({ group, steps }, episode) => steps.map((step) => ({ ...step, group, episode })));
const columnsOf = (episodes: Batch): GigpoColumns => ({
  rewards: Float32Array.from(stepsOf(episodes), ({ reward }) => reward),
  states: Uint32Array.from(stepsOf(episodes), ({ state }) => state),
  stepsPerEpisode: Uint32Array.from(episodes, ({ steps }) => steps.length),
  groups: Uint32Array.from(episodes, ({ group }) => group),
});

describe("gigpo()", () => {
  it("agrees with the float64 oracle", () => {
    fc.assert(fc.property(batch, fc.constantFrom(0, 0.5, 1), (episodes, stepWeight) => {
      const { advantages } = gigpo(kernels, columnsOf(episodes), { gamma: 0.9, stepWeight });
      allNear(advantages, gigpoOracle(stepsOf(episodes), 0.9, stepWeight), 1e-3);
    }));
  });

  it("does not change when all rewards of equally long episodes shift", () => {
    const episodes = fc.sample(batch, { numRuns: 1, seed: 4 })[0].map(({ steps }) => ({
      group: 0,
      steps: steps.slice(0, 1),
    }));
    const two = [...episodes, ...episodes.map((e) => ({ ...e, steps: e.steps.map((s) => ({ ...s, reward: 1 })) }))];
    const shifted = two.map((e) => ({ ...e, steps: e.steps.map((s) => ({ ...s, reward: s.reward + 5 })) }));
    allNear(gigpo(kernels, columnsOf(shifted)).advantages, gigpo(kernels, columnsOf(two)).advantages);
  });

  it("tells how many steps share a state", () => {
    const { meanClusterSize } = gigpo(kernels, {
      rewards: new Float32Array(3),
      states: Uint32Array.of(1, 1, 2),
      stepsPerEpisode: Uint32Array.of(2, 1),
      groups: Uint32Array.of(0, 0),
    });
    equal(meanClusterSize, 1.5);
  });

  it("keeps tasks apart, and is nothing without steps", () => {
    const columns = {
      rewards: Float32Array.of(1, 0),
      states: Uint32Array.of(3, 3),
      stepsPerEpisode: Uint32Array.of(1, 1),
    };
    deepEqual([...gigpo(kernels, { ...columns, groups: Uint32Array.of(0, 1) }).advantages], [1, 0]);
    const none = new Uint32Array(0);
    const nothing = { rewards: new Float32Array(0), states: none, stepsPerEpisode: none, groups: none };
    equal(gigpo(kernels, nothing).advantages.length, 0);
    throws(() => gigpo(kernels, { ...columns, groups: none }), ShapeError);
    throws(() => gigpo(kernels, { ...columns, groups: none, stepsPerEpisode: none }), /a sum of 2/);
  });
});

describe("hgpo()", () => {
  it("agrees with the float64 oracle", () => {
    fc.assert(fc.property(batch, fc.constantFrom(1, 2, 3), fc.constantFrom(0, 1, 2), (episodes, depth, alpha) => {
      const { states: observations, ...columns } = columnsOf(episodes);
      const got = hgpo({ ...columns, observations }, { gamma: 0.9, depth, alpha });
      allNear(got, hgpoOracle(stepsOf(episodes), 0.9, depth, alpha), 1e-3);
    }));
  });

  it("is the step part of gigpo at depth 1", () => {
    fc.assert(fc.property(batch, (episodes) => {
      const columns = columnsOf(episodes);
      const whole = gigpo(kernels, columns, { gamma: 0.5, stepWeight: 1 }).advantages;
      const ofEpisode = gigpo(kernels, columns, { gamma: 0.5, stepWeight: 0 }).advantages;
      const got = hgpo({ ...columns, observations: columns.states }, { gamma: 0.5, depth: 1 });
      allNear(got, whole.map((a, t) => a - ofEpisode[t]), 1e-3);
    }));
  });

  it("counts an exactly average action of a deep group as a member of it", () => {
    // At depth 2 both of the first two are average (0); at depth 1 alone they would be below the third.
    const columns = {
      rewards: Float32Array.of(0, 1, 0, 1, 0, 4),
      observations: Uint32Array.of(1, 5, 1, 5, 2, 5),
      stepsPerEpisode: Uint32Array.of(2, 2, 2),
      groups: new Uint32Array(3),
    };
    // Step 1: depth 2 says 0 with weight 3, depth 1 says 1 − 2 = −1 with weight 2: −2/5, not −1.
    allNear([hgpo(columns, { gamma: 1, depth: 2 })[1]], [-0.4]);
  });

  it("adds the episode's comparison where asked, divides by population deviations, and refuses a senseless depth", () => {
    const columns = {
      rewards: Float32Array.of(1, 0),
      observations: Uint32Array.of(1, 2),
      stepsPerEpisode: Uint32Array.of(1, 1),
      groups: new Uint32Array(2),
    };
    allNear(hgpo(columns, { withEpisode: true }), [0.5, -0.5]);
    allNear(hgpo(columns, { withEpisode: true, scale: "group" }), [1, -1]);
    deepEqual([...hgpo(columns)], [0, 0]);
    for (const depth of [0, 1.5, NaN]) throws(() => hgpo(columns, { depth }), RangeError);
  });
});

describe("stepTokenWeights()", () => {
  const columns = { stepOf: Int32Array.of(0, 0, -1, 2, 3), episodeOf: Uint32Array.of(0, 0, 0, 1) }; // step 1 is silent
  it("divides by steps that have tokens, by hand", () => {
    allNear(stepTokenWeights(columns, "step-mean-token-sum"), [1 / 3, 1 / 3, 0, 1 / 3, 1 / 3]);
    allNear(stepTokenWeights(columns, "step-mean-token-mean"), [1 / 6, 1 / 6, 0, 1 / 3, 1 / 3]);
    allNear(stepTokenWeights(columns, "episode-mean-step-mean"), [1 / 8, 1 / 8, 0, 1 / 4, 1 / 2]);
  });

  it("gives means weights that add up to 1, and nothing to tokens of no step", () => {
    for (const aggregation of ["step-mean-token-mean", "episode-mean-step-mean"] as const) {
      const weights = stepTokenWeights(columns, aggregation);
      ok(Math.abs(weights.reduce((sum, w) => sum + w, 0) - 1) < 1e-6);
    }
    const silent = { stepOf: Int32Array.of(-1, -1), episodeOf: new Uint32Array(0) };
    deepEqual([...stepTokenWeights(silent, "step-mean-token-sum")], [0, 0]);
  });

  it("refuses steps that are not there and aggregations that it does not know", () => {
    throws(
      () => stepTokenWeights({ stepOf: Int32Array.of(4), episodeOf: new Uint32Array(2) }, "step-mean-token-sum"),
      ShapeError,
    );
    throws(() => stepTokenWeights(columns, "mean" as "step-mean-token-sum"), TypeError);
    throws(() => stepsToTokens(new Float32Array(1), Int32Array.of(1)), RangeError);
    throws(() => stepsToTokens(new Float32Array(1), Int32Array.of(-2)), RangeError);
  });
});

describe("turnGae()", () => {
  it("gives each token what stepAdvantages gives its turn, however many tokens turns have", () => {
    const turns = fc.array(
      fc.record({ r: number, v: number, tokens: fc.integer({ min: 1, max: 6 }), gap: fc.nat(2) }),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(fc.property(turns, fc.constantFrom(0, 1), (list, ended) => {
      const options = { gamma: 0.5, lambda: 0.9 };
      const perEpisode = { terminated: Uint8Array.of(ended), bootstrap: Float32Array.of(0.25) };
      const want = stepAdvantages(kernels, {
        rewards: Float32Array.from(list, ({ r }) => r),
        values: Float32Array.from(list, ({ v }) => v),
        stepsPerEpisode: Uint32Array.of(list.length),
        ...perEpisode,
      }, options);
      const tokens = list.flatMap(({ r, v, tokens, gap }, turn) => [
        ...Array.from({ length: tokens }, (_, k) => ({ turn, r: k === tokens - 1 ? r : 0, v: k === 0 ? v : 99 })),
        ...Array.from({ length: gap }, () => ({ turn: -1, r: 0, v: 99 })),
      ]);
      const turnOf = Int32Array.from(tokens, ({ turn }) => turn);
      const got = turnGae(kernels, {
        rewards: Float32Array.from(tokens, ({ r }) => r),
        values: Float32Array.from(tokens, ({ v }) => v),
        turnOf,
        turnsPerEpisode: Uint32Array.of(list.length),
        ...perEpisode,
      }, options);
      allNear(got.advantages, stepsToTokens(want.advantages, turnOf));
      allNear(got.returns, stepsToTokens(want.returns, turnOf));
    }));
  });

  it("gives a reward that comes with an observation to the turn before, and refuses turns without tokens", () => {
    const columns = { values: new Float32Array(3), turnsPerEpisode: Uint32Array.of(2), terminated: Uint8Array.of(1) };
    const options = { gamma: 0, lambda: 0 };
    const turnOf = Int32Array.of(0, -1, 1);
    const { advantages } = turnGae(kernels, { ...columns, rewards: Float32Array.of(0, 3, 1), turnOf }, options);
    deepEqual([...advantages], [3, 0, 1]);
    const rewards = new Float32Array(3);
    throws(
      () => turnGae(kernels, { ...columns, rewards, turnOf: Int32Array.of(0, 0, 0) }, options),
      /turn 1: it has no token/,
    );
    throws(() => turnGae(kernels, { ...columns, rewards, turnOf: Int32Array.of(0, 1, 2) }, options), /2 is none of 2/);
  });
});

describe("doublyRobustStepAdvantages()", () => {
  const columns = {
    rewards: Float32Array.of(0.1, 0.2, 1, -1),
    values: Float32Array.of(0.5, 0.6, 0.7, 0.3),
    nextValues: Float32Array.of(0.6, 0.7, 0, 0),
    stepsPerEpisode: Uint32Array.of(3, 1),
  };
  it("is the outcome at lambda 1 and the critic's error at lambda 0, the last step apart", () => {
    allNear(doublyRobustStepAdvantages(columns, { lambda: 1 }), [1, 1, 1, -1]);
    allNear(doublyRobustStepAdvantages(columns, { lambda: 0 }), [0.2, 0.3, 1, -1]);
    allNear(doublyRobustStepAdvantages(columns, { lambda: 1, centered: true }), [0.5, 0.4, 0.3, -1.3]);
  });

  it("weighs the outcome by its distance, by hand", () => {
    // λ = 1/2: 1/4·1 + 3/4·0.2 = 0.4; 1/2·1 + 1/2·0.3 = 0.65.
    allNear(doublyRobustStepAdvantages(columns, { lambda: 0.5 }), [0.4, 0.65, 1, -1]);
    throws(
      () => doublyRobustStepAdvantages({ ...columns, stepsPerEpisode: Uint32Array.of(3) }, { lambda: 1 }),
      ShapeError,
    );
  });
});

describe("istarAdvantages()", () => {
  it("pools all other steps of the task in the step's baseline, not one an episode", () => {
    // Steps 3, 0 | 0, task mean of the others of the first: 0; one step an episode would give 1.5.
    const advantages = istarAdvantages(kernels, {
      stepRewards: Float32Array.of(3, 0, 0),
      outcomes: Float32Array.of(0, 0),
      stepsPerEpisode: Uint32Array.of(2, 1),
      groups: Uint32Array.of(4, 4),
    });
    allNear(advantages, [3, -1.5, -1.5]);
  });

  it("has advantages that sum to 0 over the steps of a task when all outcomes are equal", () => {
    fc.assert(fc.property(fc.array(number, { minLength: 2, maxLength: 9 }), (rewards) => {
      const advantages = istarAdvantages(kernels, {
        stepRewards: Float32Array.from(rewards),
        outcomes: Float32Array.of(1, 1),
        stepsPerEpisode: Uint32Array.of(1, rewards.length - 1),
        groups: Uint32Array.of(0, 0),
      });
      ok(Math.abs(advantages.reduce((sum, a) => sum + a, 0)) < 1e-3);
    }));
  });
});

describe("igpo()", () => {
  const columns = {
    answerLogProbs: Float32Array.of(Math.log(0.1), Math.log(0.4), Math.log(0.5), Math.log(0.1), Math.log(0.2)),
    outcomes: Float32Array.of(1, 0),
    turnsPerEpisode: Uint32Array.of(2, 1),
    groups: Uint32Array.of(0, 0),
  };
  it("pays the gain in probability, and the outcome at the last turn", () => {
    allNear(igpo(kernels, columns).rewards, [0.3, 1, 0]);
    allNear(igpo(kernels, columns, { gain: "log" }).rewards, [Math.log(4), 1, 0]);
  });

  it("normalizes over all turns of the task and sums with the discount, by hand", () => {
    const rewards = [0.3, 1, 0];
    const mean = 1.3 / 3;
    const deviation = Math.sqrt(rewards.reduce((sum, r) => sum + (r - mean) ** 2, 0) / 2);
    const [a, b, c] = rewards.map((r) => (r - mean) / deviation);
    allNear(igpo(kernels, columns, { gamma: 0.5 }).advantages, [a + 0.5 * b, b, c]);
    allNear(igpo(kernels, columns, { gamma: 0.5, normalize: "none" }).advantages, [0.8, 1, 0]);
  });

  it("wants one score more than turns for each episode", () => {
    throws(() => igpo(kernels, { ...columns, answerLogProbs: new Float32Array(3) }), /expected 5, got 3/);
  });
});

describe("remaxAdvantages()", () => {
  it("is 0 everywhere when the sample earns what the greedy answer earned, and 0 under the mask", () => {
    const { advantages } = remaxAdvantages(kernels, {
      rewards: Float32Array.of(0, 2, 1, 7),
      greedyRewards: Float32Array.of(2, 0),
      mask: Uint8Array.of(1, 1, 1, 0),
      rowLengths: Uint32Array.of(2, 2),
    });
    deepEqual([...advantages], [0, 0, 1, 0]);
    throws(
      () => remaxAdvantages(kernels, { rewards: new Float32Array(2), greedyRewards: new Float32Array(2) }),
      ShapeError,
    );
  });
});
