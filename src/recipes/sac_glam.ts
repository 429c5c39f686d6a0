/** SAC-GLAM: steps learned from again and again, and for goals that were reached by the way. @module */
import { type Environment, play } from "../environment/mod.ts";
import { randomStream } from "../kernels/mod.ts";
import type { PlayedEpisode } from "../learning/mod.ts";
import { createLinearPolicy, type LinearPolicyOptions, type Policy } from "../policy/mod.ts";
import { stepAdvantages } from "../rl/mod.ts";
import {
  arm,
  type Cell,
  claim,
  defineRecipe,
  environmentsOf,
  goalEnvironment,
  inHindsight,
  type Measures,
  measureSuccess,
  playEpisodes,
  reinforceSteps,
  softActorCritic,
  stepColumns,
  type Transition,
  transitionsOf,
} from "../recipe/mod.ts";

const [EPISODES, UPDATES, BATCH, KEPT] = [16, 20, 128, 20_000];
const WORLD = { things: 8, horizon: 8, portable: 1 };
const SEEN: LinearPolicyOptions = { bits: 15, words: false, characters: false, hidden: 64, optimizer: "rmsprop" };

/** What learns from the episodes of a round. */
type Learn = (episodes: PlayedEpisode[]) => void;

/** Plays rounds of episodes until the budget is spent, and learns after each. */
async function rounds(cell: Cell, policy: Policy, environments: Environment[], learn: Learn): Promise<Measures> {
  const { kernels, seed, budget, tasks, report } = cell;
  const held = environmentsOf(play, tasks, { ...WORLD, world: seed });
  const measure = (first: number): Measures => ({
    success: measureSuccess(kernels, policy, { environments: held, first, seed }),
  });
  for (let round = 0; budget.left > 0; round++) {
    const few = environments.slice(0, Math.ceil(budget.left / WORLD.horizon)); // the last ones must not cost too much
    const drawn = few.map((_, index) => round * EPISODES + index);
    const options = { environments: few, tasks: drawn, seed, stream: round * EPISODES, keepTurns: true };
    const episodes = playEpisodes(kernels, policy, options);
    budget.spend(episodes.reduce((sum, { decisions }) => sum + decisions.length, 0));
    learn(episodes);
    if (round % 20 === 0) await report(measure(1_000_000));
  }
  return measure(2_000_000);
}

async function onPolicy(cell: Cell): Promise<Measures> {
  const { kernels, seed, settings: { learningRate } } = cell;
  using policy = createLinearPolicy(kernels, SEEN);
  const environments = environmentsOf(play, EPISODES, { ...WORLD, world: seed });
  return await rounds(cell, policy, environments, (episodes) => {
    const credits = stepAdvantages(kernels, stepColumns(episodes), { gamma: 0.95, lambda: 0.95, normalize: true });
    for (let epoch = 0; epoch < 4; epoch++) {
      reinforceSteps(kernels, policy, episodes, credits, { learningRate, entropy: 0.01 });
    }
  });
}

/** @param hindsight Whether each episode is also taken for one whose goal it reached. */
const offPolicy = (hindsight: boolean) => async (cell: Cell): Promise<Measures> => {
  const { kernels, seed, settings: { learningRate } } = cell;
  const random = randomStream(kernels, seed, 0);
  const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)];
  using learner = softActorCritic(kernels, SEEN);
  const environments = environmentsOf(play, EPISODES, { ...WORLD, world: seed }).map(goalEnvironment);
  const kept: Transition[] = [];
  return await rounds(cell, learner.actor, environments, (episodes) => {
    for (const [index, episode] of episodes.entries()) {
      const { asked, reached } = environments[index];
      const steps = transitionsOf(episode, environments[index].actions!());
      const others = hindsight ? [...new Set(reached.flat())].filter((goal) => goal !== asked) : [];
      kept.push(...steps, ...others.flatMap((goal) => inHindsight(steps, { asked, reached }, goal)));
    }
    kept.splice(0, kept.length - KEPT);
    for (let update = 0; update < UPDATES; update++) {
      const batch = Array.from({ length: BATCH }, () => one(kept));
      learner.learn(batch, { learningRate, alpha: 0.01, gamma: 0.95, pace: 0.02 });
    }
  });
};

export default defineRecipe({
  name: "sac_glam",
  title: "SAC-GLAM: off-policy, with hindsight",
  source: "Gaven et al. (2024), SAC-GLAM: Improving Online RL for LLM agents with Soft Actor-Critic and Hindsight " +
    "Relabeling, arXiv 2410.12481",
  setting:
    "A room of 8 things, 15 goals to grasp one or to bring the first somewhere, rewarded at the end, at most 8 " +
    "steps; actor and critics of 64 hidden units on pairs of words.",
  unit: "environment steps",
  metric: "success",
  arms: {
    ppo: arm("baseline", "PPO, each episode used once", onPolicy),
    sac: arm("ablation", "discrete soft actor-critic from a replay buffer", offPolicy(false)),
    hindsight: arm("method", "as sac, each episode also kept as one for every goal that it reached", offPolicy(true)),
  },
  claims: [
    claim("Hindsight solves 0.25 more than PPO after as many steps", "hindsight", "ppo", 0.25),
    claim("Hindsight is worth 0.25 to replay", "hindsight", "sac", 0.25),
  ],
  profiles: {
    smoke: { seeds: 2, budget: 100, tasks: 20 },
    claim: { seeds: 5, budget: 6000, tasks: 200 },
    full: { seeds: 20, budget: 16_000, tasks: 400 },
  },
  tuning: { seeds: [901], settings: [{ learningRate: 0.003 }] },
});
