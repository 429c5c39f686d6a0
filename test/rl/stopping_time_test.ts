import { describe, it } from "@std/testing/bdd";
import { equal, ok } from "node:assert/strict";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  type AggregationMode,
  discountedReturns,
  gigpo,
  groupAdvantages,
  igpo,
  reinforce,
  remaxAdvantages,
  stepAdvantages,
} from "../../src/rl/mod.ts";

/**
 * The stopping-time trap: a world in which the policy itself chooses how many steps there are. At step t it goes on with
 * probability σ(θ_t) and is paid, or it stops. Small enough to list every batch that can happen, so that expectations are
 * exact: whoever normalizes steps by how many there were learns something else than the policy gradient.
 */
const kernels = await loadKernels();
const THETA = [0.4, -0.3, 0.8];
const PAY = [1, 0.5, 2];
const STOP = 0.25;
const N = 3;

const goes = (theta: number): number => 1 / (1 + Math.exp(-theta));
interface Episode {
  /** Whether each step went on. */
  readonly went: readonly boolean[];
  readonly probability: number;
  readonly rewards: readonly number[];
}
/** Every episode of the world. */
function episodes(theta: readonly number[]): Episode[] {
  return [...theta.keys(), theta.length].map((stops) => {
    const went = theta.slice(0, Math.min(stops + 1, theta.length)).map((_, t) => t < stops);
    return {
      went,
      probability: went.reduce((p, on, t) => p * (on ? goes(theta[t]) : 1 - goes(theta[t])), 1),
      rewards: went.map((on, t) => on ? PAY[t] : STOP),
    };
  });
}
const value = (theta: readonly number[]): number =>
  episodes(theta).reduce((sum, { probability, rewards }) => sum + probability * rewards.reduce((a, b) => a + b), 0);
const gradient = THETA.map((_, k) => {
  const moved = (by: number): number => value(THETA.map((x, t) => t === k ? x + by : x));
  return (moved(1e-5) - moved(-1e-5)) / 2e-5;
});

interface Columns {
  readonly rewards: Float32Array;
  readonly stepsPerEpisode: Uint32Array;
  readonly groups: Uint32Array;
  /** Index of each step in its episode: also the state of this world. */
  readonly turns: Uint32Array;
}
/** Columns of a batch of episodes of one task. */
const columnsOf = (batch: readonly Episode[]): Columns => ({
  rewards: Float32Array.from(batch.flatMap(({ rewards }) => rewards)),
  stepsPerEpisode: Uint32Array.from(batch, ({ went }) => went.length),
  groups: new Uint32Array(batch.length),
  turns: Uint32Array.from(batch.flatMap(({ went }) => [...went.keys()])),
});

/**
 * Expectation over all batches of N episodes of the gradient that `reinforce` makes of these advantages; with rows, by the
 * length of the batch: the mean over episodes of the sum over steps.
 */
function expected(
  advantagesOf: (columns: Columns) => Float32Array,
  aggregation: AggregationMode = "seq-mean-token-sum",
): number[] {
  const all = episodes(THETA);
  const sums = THETA.map(() => 0);
  const visit = (batch: readonly Episode[]): void => {
    if (batch.length < N) return all.forEach((episode) => visit([...batch, episode]));
    const columns = columnsOf(batch);
    const { dLogProbs } = reinforce(kernels, {
      logProbs: new Float32Array(columns.rewards.length),
      advantages: advantagesOf(columns),
      rowLengths: columns.stepsPerEpisode,
    }, { aggregation });
    const probability = batch.reduce((p, episode) => p * episode.probability, 1);
    batch.flatMap(({ went }) => went.map((on, t) => (on ? 1 : 0) - goes(THETA[t]))).forEach((score, step) => {
      sums[columns.turns[step]] -= probability * dLogProbs[step] * score; // a loss falls, a value rises
    });
  };
  visit([]);
  return sums;
}
const isGradient = (got: readonly number[], factor = 1): void =>
  got.forEach((g, t) => ok(Math.abs(g - factor * gradient[t]) < 1e-5, `${got} is not ${factor} times ${gradient}`));
const isBiased = (got: readonly number[]): void =>
  ok(got.some((g, t) => Math.abs(g - gradient[t]) > 0.02), `${got} is too near ${gradient}`);
const toGo = ({ rewards, stepsPerEpisode }: Columns): Float32Array =>
  discountedReturns(kernels, { rewards, rowLengths: stepsPerEpisode }, { gamma: 1 });
const spread = ({ stepsPerEpisode }: Columns, perEpisode: Float32Array): Float32Array =>
  Float32Array.from([...stepsPerEpisode].flatMap((steps, e) => new Array<number>(steps).fill(perEpisode[e])));
const totals = ({ rewards, stepsPerEpisode }: Columns): Float32Array => {
  let start = 0;
  return Float32Array.from(stepsPerEpisode, (n) => rewards.subarray(start, start += n).reduce((a, b) => a + b, 0));
};

describe("with a number of steps that the policy chooses", () => {
  it("returns without a baseline give the gradient", () => isGradient(expected(toGo)));

  it("stepAdvantages() does, whatever the value of a state is thought to be", () => {
    for (const values of [[0, 0, 0], [3, -1, 0.5]]) {
      isGradient(expected(({ rewards, stepsPerEpisode, turns }) =>
        stepAdvantages(kernels, {
          rewards,
          values: Float32Array.from(turns, (t) => values[t]),
          stepsPerEpisode,
          terminated: new Uint8Array(stepsPerEpisode.length).fill(1),
        }, { gamma: 1, lambda: 1 }).advantages
      ));
    }
  });

  it("the others' mean does, on whole episodes", () => {
    isGradient(expected((columns) => {
      const options = { baseline: "others", singleton: "zero" } as const;
      return spread(columns, groupAdvantages(kernels, { rewards: totals(columns), groups: columns.groups }, options));
    }));
  });

  it("remaxAdvantages() does: the greedy answer's reward depends on the request alone", () => {
    isGradient(
      expected(({ rewards, stepsPerEpisode }) =>
        remaxAdvantages(kernels, { rewards, greedyRewards: new Float32Array(N).fill(1.5), rowLengths: stepsPerEpisode })
          .advantages
      ),
    );
  });

  it("the episode's part of gigpo() does, (N − 1)/N of it: each is part of its own mean", () => {
    const part = expected((columns) =>
      gigpo(kernels, { ...columns, states: columns.turns }, { gamma: 1, stepWeight: 0 }).advantages
    );
    isGradient(part, (N - 1) / N);
  });

  it("gigpo() points uphill at every state: its step part weighs states, it does not turn them", () => {
    const both = expected((columns) => gigpo(kernels, { ...columns, states: columns.turns }, { gamma: 1 }).advantages);
    both.forEach((g, t) => equal(Math.sign(g), Math.sign(gradient[t])));
  });

  it("igpo() does without normalization, and is biased with it", () => {
    const gains = ({ rewards, stepsPerEpisode }: Columns): Float32Array => {
      // Log-probabilities whose differences are the rewards; the last reward is the outcome.
      let step = 0;
      return Float32Array.from([...stepsPerEpisode].flatMap((steps) => {
        const levels = [0];
        for (let t = 0; t < steps; t++) levels.push(levels[t] + rewards[step++]);
        return levels;
      }));
    };
    const by = (normalize: "group" | "none") =>
      expected((columns) => {
        let end = 0;
        const outcomes = Float32Array.from(columns.stepsPerEpisode, (steps) => columns.rewards[(end += steps) - 1]);
        const { stepsPerEpisode: turnsPerEpisode, groups } = columns;
        const answerLogProbs = gains(columns);
        return igpo(kernels, { answerLogProbs, outcomes, turnsPerEpisode, groups }, { gain: "log", normalize })
          .advantages;
      });
    isGradient(by("none"));
    isBiased(by("group"));
  });

  it("normalizing rewards per turn index is biased: what every longer episode is paid vanishes", () => {
    const centered = (columns: Columns): Columns => ({
      ...columns,
      rewards: groupAdvantages(kernels, { rewards: columns.rewards, groups: columns.turns }, { singleton: "zero" }),
    });
    isBiased(expected((columns) => toGo(centered(columns))));
  });

  it("dividing by the steps that there were is biased: the mean over all steps of a batch", () => {
    isBiased(expected(toGo, "token-mean"));
    isBiased(expected(toGo, "seq-mean-token-mean"));
  });
});
