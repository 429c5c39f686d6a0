/** GLAM: a language model that scores listed actions, grounded by PPO. @module */
import { play } from "../environment/mod.ts";
import { randomStream } from "../kernels/mod.ts";
import { createLinearPolicy } from "../policy/mod.ts";
import { stepAdvantages } from "../rl/mod.ts";
import {
  type Cell,
  defineRecipe,
  demonstrate,
  environmentsOf,
  imitate,
  type Measures,
  measureSuccess,
  playEpisodes,
  reinforceSteps,
  smallTransformer,
  stepColumns,
  transcribe,
} from "../recipe/mod.ts";

const [EPISODES, EPOCHS] = [32, 2];

/** @param policyOf What scores the actions; `read` has first read what happens when somebody acts at random. */
const train = (policyOf: "linear" | "scratch" | "read") => async (cell: Cell): Promise<Measures> => {
  const { kernels, seed, settings: { learningRate, linearRate }, budget, tasks, report } = cell;
  const options = { world: seed, things: 4 };
  const random = randomStream(kernels, seed, 0);
  const [walker, ...environments] = environmentsOf(play, EPISODES + 1, options);
  const anything = (): string => walker.actions!()[Math.floor(random() * walker.actions!().length)];
  const walks = Array.from({ length: budget.amount / 30 }, (_, task) => transcribe(walker, { task }, anything));
  const texts = walks.flatMap(({ steps }) => steps.flatMap(({ turns, action }) => [turns[0].text, action]));
  using policy = policyOf === "linear"
    ? createLinearPolicy(kernels, { bits: 14, bigrams: false, characters: false })
    : smallTransformer(kernels, texts, { seed, hiddenSize: 32 });
  if (policyOf === "read") {
    const read = walks.map((walk) => demonstrate(policy, walk));
    for (let update = 0; update < budget.amount / 30; update++) {
      const batch = Array.from({ length: 8 }, () => read[Math.floor(random() * read.length)]);
      imitate(kernels, policy, batch, { learningRate: 0.005, prompts: 1, maxGradientNorm: 1 });
    }
  }
  const held = environmentsOf(play, tasks, options);
  const measure = (first: number): Measures => ({
    success: measureSuccess(kernels, policy, { environments: held, first, seed }),
  });
  for (let update = 0; budget.left > 0; update++) {
    const few = environments.slice(0, Math.ceil(budget.left / play.horizon)); // the last ones must not cost too much
    const drawn = few.map((_, index) => update * EPISODES + index);
    const episodes = playEpisodes(kernels, policy, { environments, tasks: drawn, seed, stream: update * EPISODES });
    const columns = stepColumns(episodes);
    budget.spend(columns.rewards.length);
    const credits = stepAdvantages(kernels, columns, { gamma: 0.95, lambda: 0.95, normalize: true });
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      reinforceSteps(kernels, policy, episodes, credits, {
        learningRate: policyOf === "linear" ? linearRate : learningRate,
        entropy: 0.01,
        maxGradientNorm: policyOf === "linear" ? 0 : 0.5,
      });
    }
    if (update % 4 === 0) await report(measure(1_000_000));
  }
  return measure(2_000_000);
};

export default defineRecipe({
  name: "glam",
  title: "GLAM: grounding language models by online reinforcement",
  source: "Carta et al. (2023), Grounding Large Language Models in Interactive Environments with Online RL, ICML, " +
    "arXiv 2302.02662",
  setting: "A room of 4 things, goals to grasp or to bring one, rewarded at the end. The language model has read 200 " +
    "random walks through the room, which say nothing of how goals are reached.",
  unit: "environment steps",
  metric: "success",
  arms: {
    symbolic: { role: "baseline", meaning: "a linear policy on words, by PPO", run: train("linear") },
    scratch: { role: "ablation", meaning: "the transformer from nothing, by PPO", run: train("scratch") },
    glam: { role: "method", meaning: "the transformer that has read, by PPO", run: train("read") },
  },
  claims: [
    { sentence: "Having read is worth 0.20 after 6,000 steps", method: "glam", against: "scratch", atLeast: 0.2 },
    { sentence: "It solves 0.20 more than a linear policy", method: "glam", against: "symbolic", atLeast: 0.2 },
  ],
  profiles: {
    smoke: { seeds: 2, budget: 200, tasks: 10 },
    claim: { seeds: 5, budget: 6000, tasks: 100 },
    full: { seeds: 20, budget: 12_000, tasks: 200 },
  },
  tuning: {
    seeds: [901],
    settings: [{ learningRate: 0.003, linearRate: 0.3 }],
  },
});
