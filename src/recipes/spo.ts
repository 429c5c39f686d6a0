/** SPO: one rollout a task, against what the task was worth before. @module */
import { lock } from "../environment/mod.ts";
import { randomStream } from "../kernels/mod.ts";
import type { PlayedEpisode } from "../learning/mod.ts";
import { createLinearPolicy } from "../policy/mod.ts";
import { createValueTracker, groupAdvantages, rowsToTokens, whiten } from "../rl/mod.ts";
import {
  arm,
  type Cell,
  claim,
  defineRecipe,
  environmentsOf,
  type Measures,
  measureSuccess,
  playEpisodes,
  reinforceSteps,
  stepColumns,
} from "../recipe/mod.ts";

const [BATCH, GROUP, POOL] = [64, 8, 40];

/** Two tasks in ten are solved soon, two are out of reach for long. */
const lengthOf = (task: number): number => task % 10 < 2 ? 1 : task % 10 < 8 ? 4 : 10;

/** @param group Rollouts of a task in a batch. @param tracked Whether tasks are drawn and judged by a tracker. */
const train = (group: number, tracked: boolean) => async (cell: Cell): Promise<Measures> => {
  const { kernels, seed, settings, budget, tasks, report } = cell;
  const world = { world: seed, sigils: 12, keys: 4, traps: 0, panelReward: 0, phrasings: 1 };
  const [random, tracker] = [randomStream(kernels, seed, 0), createValueTracker({ halvingKl: 0.06, leastKept: 0.875 })];
  const value = (task: number): number => tracker.value(`${task}`, 0.1);
  using policy = createLinearPolicy(kernels, { bits: 13, bigrams: false, characters: false });
  const pool = Array.from({ length: POOL }, (_, task) => task);
  const environments = pool.map((task) => environmentsOf(lock, BATCH, { ...world, length: lengthOf(task) }));
  const fresh = environmentsOf(lock, tasks, { ...world, length: 4 });
  const measure = (first: number): Measures => ({
    success: measureSuccess(kernels, policy, { environments: fresh, first, seed }),
  });
  const play = (drawn: readonly number[]): PlayedEpisode[] => {
    const chosen = drawn.map((task, index) => environments[task][index % BATCH]);
    const episodes = playEpisodes(kernels, policy, { environments: chosen, tasks: drawn, seed, stream: budget.spent });
    budget.spend(episodes.length);
    return episodes;
  };
  if (tracked) {
    for (const task of pool) {
      for (const { success } of play(Array<number>(GROUP).fill(task))) tracker.add(`${task}`, Number(success));
    }
  }
  for (let update = 0; budget.left > 0; update++) {
    const weights = pool.map((task) => tracked ? Math.sqrt(value(task) * (1 - value(task))) + 0.05 : 1);
    const drawn = Array.from({ length: BATCH / group }, () => draw(weights, random()))
      .flatMap((task) => Array<number>(group).fill(task));
    const episodes = play(drawn);
    const rewards = Float32Array.from(episodes, ({ success }) => Number(success));
    const surprises = tracked ? rewards.map((reward, index) => reward - value(drawn[index])) : rewards;
    const ofEpisodes = group > 1
      ? groupAdvantages(kernels, { rewards, groups: Uint32Array.from(drawn) }, { singleton: "zero", scale: "group" })
      : whiten(kernels, surprises);
    const advantages = rowsToTokens(ofEpisodes, stepColumns(episodes).stepsPerEpisode);
    const { learningRate, entropy } = settings;
    reinforceSteps(kernels, policy, episodes, { advantages }, { learningRate, entropy });
    const { kl } = reinforceSteps(kernels, policy, episodes, { advantages }, { learningRate, entropy });
    tracker.decay(kl.k3);
    drawn.forEach((task, index) => tracker.add(`${task}`, rewards[index]));
    if (update % 5 === 0) await report(measure(1_000_000));
  }
  return measure(2_000_000);
};

/** An index, in proportion to its weight. */
function draw(weights: readonly number[], uniform: number): number {
  let left = uniform * weights.reduce((sum, weight) => sum + weight, 0);
  return Math.max(0, weights.findIndex((weight) => (left -= weight) < 0));
}

export default defineRecipe({
  name: "spo",
  title: "SPO: single-stream policy optimization",
  source: "Xu and Ding (2025), Single-stream Policy Optimization, ICLR 2026, arXiv 2509.13232",
  setting:
    "40 tasks of 1, 4 and 10 locks, rewarded only at the end, so that two in five teach little; a linear policy.",
  unit: "episodes",
  metric: "success",
  arms: {
    grpo: arm("baseline", "8 tasks, 8 rollouts each, normalized in their group", train(GROUP, false)),
    spo: arm("method", "64 tasks once, drawn and judged by a tracker of values", train(1, true)),
    untracked: arm("ablation", "64 tasks once, judged by the mean of the batch", train(1, false)),
  },
  claims: [
    claim("SPO solves 0.05 more than GRPO after as many episodes", "spo", "grpo", 0.05),
    claim("The tracker is worth 0.05 of it", "spo", "untracked", 0.05),
  ],
  profiles: {
    smoke: { seeds: 2, budget: 320, tasks: 20 },
    claim: { seeds: 20, budget: 7680, tasks: 300 },
    full: { seeds: 40, budget: 7680, tasks: 300 },
  },
  tuning: {
    seeds: [901, 902, 903, 904, 905, 906],
    settings: [0.1, 0.3].flatMap((learningRate) => [0.03, 0.1].map((entropy) => ({ learningRate, entropy }))),
  },
});
