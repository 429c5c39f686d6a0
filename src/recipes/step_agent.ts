/** StepAgent, inverse reinforcement: a step is worth what it looks like an expert's. @module */
import { undo } from "../environment/mod.ts";
import { randomStream } from "../kernels/mod.ts";
import { createLinearPolicy, createRewardModel } from "../policy/mod.ts";
import { stepAdvantages } from "../rl/mod.ts";
import {
  arm,
  type Cell,
  claim,
  defineRecipe,
  demonstrate,
  environmentsOf,
  imitate,
  type Measures,
  measureSuccess,
  playEpisodes,
  reinforceSteps,
  stepColumns,
  transcribe,
} from "../recipe/mod.ts";

const [DEMONSTRATIONS, EPISODES, EPOCHS] = [6, 64, 2];
/** What steps are rewarded for, beside imitation of the demonstrations first. */
type Reward = "none" | "outcome" | "inverse" | "both";

const train = (reward: Reward) => async (cell: Cell): Promise<Measures> => {
  const { kernels, seed, settings, budget, tasks, report } = cell;
  const world = { world: seed, sigils: 30, keys: 6, length: 8, horizon: 12, traps: 0, panelReward: 0, phrasings: 1 };
  const environments = environmentsOf(undo, EPISODES, world);
  const candidates = environments[0].actions!();
  using policy = createLinearPolicy(kernels, { bits: 13, bigrams: false, characters: false });
  using judge = createRewardModel(kernels, { model: "logistic", hashBits: 18 });
  const shown = Array.from(
    { length: DEMONSTRATIONS },
    (_, task) => transcribe(environments[0], { task: 3_000_000 + task }, (each) => each.gold!()!),
  );
  const demonstrations = shown.map((transcript) => demonstrate(policy, transcript));
  const expert = shown.flatMap(({ steps }) => steps.map(({ turns, action }) => ({ text: turns[0].text, action })));
  const held = environmentsOf(undo, tasks, world);
  const measure = (first: number): Measures => ({
    success: measureSuccess(kernels, policy, { environments: held, first, seed }),
  });
  const random = randomStream(kernels, seed, 0);
  const judged = (text: string, action: string, isExpert: number): void =>
    judge.learn({ text, candidates, choice: candidates.indexOf(action), reward: isExpert });
  while (budget.left > 0) {
    if (reward === "none" || budget.spent < budget.amount * 0.1) {
      imitate(kernels, policy, demonstrations, settings as { learningRate: number });
      budget.spend(1);
    } else {
      const played = playEpisodes(kernels, policy, {
        environments,
        tasks: environments.map((_, index) => budget.spent * EPISODES + index),
        seed,
        stream: budget.spent * EPISODES,
        keepTurns: true,
      });
      const steps = played.flatMap(({ decisions, turns }) =>
        decisions.map(({ text }, index) => ({ text: turns[index][0].text, action: text }))
      );
      for (const { text, action } of steps) {
        judged(text, action, 0);
        const other = expert[Math.floor(random() * expert.length)];
        judged(other.text, other.action, 1);
      }
      const columns = stepColumns(played);
      const likeness = steps.map(({ text, action }) =>
        -Math.log(1 - Math.min(0.99, judge.estimates(text, candidates)[candidates.indexOf(action)])) - Math.LN2
      );
      const rewards = columns.rewards.map((outcome, step) =>
        (reward === "inverse" ? 0 : outcome) + (reward === "outcome" ? 0 : likeness[step])
      );
      const credits = stepAdvantages(kernels, { ...columns, rewards }, { gamma: 0.95, lambda: 0.95, normalize: true });
      for (let epoch = 0; epoch < EPOCHS; epoch++) {
        reinforceSteps(kernels, policy, played, credits, { ...settings as { learningRate: number }, entropy: 0.01 });
        budget.spend(1);
      }
    }
    if (budget.spent % 20 === 0) await report(measure(1_000_000));
  }
  return measure(2_000_000);
};

export default defineRecipe({
  name: "step_agent",
  title: "StepAgent, with inverse reinforcement",
  source: "Deng et al. (2024), From Novice to Expert: LLM Agent Policy Optimization via Step-wise RL, arXiv 2411.03817",
  setting:
    "8 panels whose wrong keys can be undone, rewarded only at the end; 6 demonstrations; a linear policy. The " +
    "paper's loss is not public in full: the discriminator is that of generative adversarial imitation. World, learning " +
    "rate and updates were chosen on the tuning seeds.",
  unit: "updates",
  metric: "success",
  arms: {
    imitation: arm("baseline", "all updates imitate the demonstrations", train("none")),
    outcome: arm("ablation", "PPO on the outcome alone", train("outcome")),
    inverse: arm("method", "PPO on −log P(agent) of a discriminator alone", train("inverse")),
    both: arm("method", "PPO on both", train("both")),
  },
  claims: [
    claim("Inverse rewards solve 0.5 more than imitation", "inverse", "imitation", 0.5),
    claim("Inverse rewards solve 0.15 more than outcomes, which do not pass 0.5 so early", "inverse", "outcome", 0.15),
  ],
  profiles: {
    smoke: { seeds: 2, budget: 12, tasks: 20 },
    claim: { seeds: 8, budget: 120, tasks: 200 },
    full: { seeds: 20, budget: 120, tasks: 400 },
  },
  tuning: { seeds: [901, 902, 903], settings: [{ learningRate: 1 }] },
});
