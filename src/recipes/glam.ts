/** GLAM: a language model that scores listed actions, grounded by PPO. @module */
import { type Environment, play } from "../environment/mod.ts";
import { randomStream } from "../kernels/mod.ts";
import { createLinearPolicy } from "../policy/mod.ts";
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
  smallTransformer,
  stepColumns,
  transcribe,
} from "../recipe/mod.ts";

const [EPISODES, EPOCHS] = [32, 4];
const WORLD = { things: 6, horizon: 6, portable: 0 };

/** @param policyOf What scores the actions; `read` has first read what happens in other rooms when somebody acts at random. */
const train = (policyOf: "symbolic" | "scratch" | "read") => async (cell: Cell): Promise<Measures> => {
  const { kernels, seed, settings, budget, tasks, report } = cell;
  const room = (world: number): Record<string, number> => ({ ...WORLD, world });
  const random = randomStream(kernels, seed, 0);
  const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)];
  const walks = Array.from({ length: budget.amount / 30 }, (_, task) => {
    const anything = (walker: Environment): string => one(walker.actions!());
    return transcribe(play.create(room(1000 * seed + task)), { task }, anything);
  });
  const texts = walks.flatMap(({ steps }) => steps.flatMap(({ turns, action }) => [turns[0].text, action]));
  using policy = policyOf === "symbolic"
    ? createLinearPolicy(kernels, { bits: 15, words: false, characters: false, hidden: 64 })
    : smallTransformer(kernels, texts, { seed, hiddenSize: 32 });
  const read = policyOf === "read" ? walks.map((walk) => demonstrate(policy, walk)) : [];
  for (let update = 0; read.length > 0 && update < walks.length; update++) {
    const batch = Array.from({ length: 8 }, () => one(read));
    imitate(kernels, policy, batch, { learningRate: 0.005, prompts: 1, maxGradientNorm: 1 });
  }
  const [here, elsewhere] = [seed, 500 + seed].map((world) => environmentsOf(play, tasks, room(world)));
  const solved = (environments: Environment[], first: number): number =>
    measureSuccess(kernels, policy, { environments, first, seed });
  const environments = environmentsOf(play, EPISODES, room(seed));
  let stepsNeeded = budget.amount;
  for (let update = 0; budget.left > 0; update++) {
    const few = environments.slice(0, Math.ceil(budget.left / WORLD.horizon)); // the last ones must not cost too much
    const drawn = few.map((_, index) => update * EPISODES + index);
    const episodes = playEpisodes(kernels, policy, {
      environments: few,
      tasks: drawn,
      seed,
      stream: update * EPISODES,
    });
    const columns = stepColumns(episodes);
    budget.spend(columns.rewards.length);
    const credits = stepAdvantages(kernels, columns, { gamma: 0.95, lambda: 0.95, normalize: true });
    const { learningRate, symbolicRate } = settings;
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      reinforceSteps(kernels, policy, episodes, credits, {
        learningRate: policyOf === "symbolic" ? symbolicRate : learningRate,
        entropy: 0.01,
        maxGradientNorm: policyOf === "symbolic" ? 0 : 0.5,
      });
    }
    if (update % 2 > 0) continue;
    const success = solved(here, 1_000_000);
    if (success >= 0.8) stepsNeeded = Math.min(stepsNeeded, budget.spent);
    await report({ success });
  }
  return {
    success: solved(here, 2_000_000),
    renamed: solved(elsewhere, 2_000_000),
    halvings: Math.log2(budget.amount / stepsNeeded),
  };
};

export default defineRecipe({
  name: "glam",
  title: "GLAM: grounding language models by online reinforcement",
  source: "Carta et al. (2023), Grounding Large Language Models in Interactive Environments with Online RL, ICML, " +
    "arXiv 2302.02662",
  setting:
    "A room of 6 things, goals to grasp one, rewarded at the end, at most 6 steps. The language model has read 200 " +
    "random walks through other rooms (1,200 steps, not counted), which say nothing of how goals are reached. Rates were " +
    "tried on seeds 901 and 902: 0.0015, 0.003, 0.006; 0.1 and 0.3.",
  unit: "environment steps",
  metric: "success",
  arms: {
    symbolic: arm("baseline", "64 hidden units on pairs of words, by PPO", train("symbolic")),
    scratch: arm("ablation", "the transformer from nothing, by PPO", train("scratch")),
    glam: arm("method", "the transformer that has read, by PPO", train("read")),
  },
  claims: [
    claim("Having read halves the steps to a success of 0.8 (1 halving)", "glam", "scratch", 1, "halvings"),
    claim("Where things are renamed it solves 0.2 more than a symbolic policy", "glam", "symbolic", 0.2, "renamed"),
  ],
  profiles: {
    smoke: { seeds: 2, budget: 90, tasks: 10 },
    claim: { seeds: 5, budget: 6000, tasks: 60 },
    full: { seeds: 20, budget: 8000, tasks: 200 },
  },
  tuning: { seeds: [901], settings: [{ learningRate: 0.0015, symbolicRate: 0.1 }] },
});
