/** EnvGen: environments described by somebody who sees which skills are half learned. @module */
import { craft, craftStages, drawCraftConfig } from "../environment/mod.ts";
import { randomStream } from "../kernels/mod.ts";
import type { PlayedEpisode } from "../learning/mod.ts";
import { createLinearPolicy } from "../policy/mod.ts";
import { stepAdvantages } from "../rl/mod.ts";
import {
  arm,
  type Cell,
  claim,
  defineRecipe,
  drawIndex,
  environmentsOf,
  type Measures,
  measureSuccess,
  playEpisodes,
  reinforceSteps,
  stepColumns,
  successOf,
} from "../recipe/mod.ts";

const [EPISODES, EPOCHS, ORIGINAL, UPDATES_A_DESIGN, LATEST] = [16, 2, 0.3, 5, 20];

/** From the success in each generated world, hardest first, to how often each is played: what a model is asked for. */
type Designer = (successes: readonly number[]) => readonly number[];

const uniform: Designer = (successes) => successes.map(() => 1);
const hardest: Designer = (successes) => successes.map((_, stage) => Number(stage === 0));
const easiest: Designer = (successes) => successes.map((_, stage) => Number(stage === successes.length - 1));
/** Around the stage where success crosses one half. */
const centred: Designer = (successes) => {
  const center = successes.reduce((sum, success) => sum + 1 - success, -0.5);
  return successes.map((_, stage) => Math.exp(-((stage - center) ** 2) / 2) + 0.01);
};

/** @param design Of generated worlds; without it all episodes are the original's. @param times As many episodes. */
const train = (design?: Designer, times = 1) => async (cell: Cell): Promise<Measures> => {
  const { kernels, seed, settings: { learningRate, entropy }, budget, tasks, report } = cell;
  const original = drawCraftConfig({ world: seed, raws: 2, tools: 1, decoys: 1, odds: 1, horizon: 36 });
  const [, ...generated] = craftStages(original);
  const worlds = [original, ...generated].map((config) => environmentsOf(craft, EPISODES * times, { config }));
  const held = environmentsOf(craft, tasks, { config: original });
  const random = randomStream(kernels, seed, 0);
  using policy = createLinearPolicy(kernels, { bits: 14, bigrams: false, characters: false });
  const measure = (first: number): Measures => ({
    success: measureSuccess(kernels, policy, { environments: held, first, seed, temperature: 1 }),
  });
  const played: PlayedEpisode[][] = generated.map(() => []);
  let weights: readonly number[] = [];
  for (let stream = 0; budget.left > 0; stream += EPISODES * times) {
    if (design && budget.spent % UPDATES_A_DESIGN === 0) {
      weights = design(played.map((episodes) => successOf(episodes.slice(-LATEST))));
    }
    const drawn = Array.from(
      { length: EPISODES * times },
      (_, index) => design && index >= ORIGINAL * EPISODES ? 1 + drawIndex(weights, random()) : 0,
    );
    const environments = drawn.map((world, index) => worlds[world][index]);
    const drawnTasks = drawn.map((_, index) => stream + index);
    const episodes = playEpisodes(kernels, policy, { environments, tasks: drawnTasks, seed, stream });
    drawn.forEach((world, index) => played[world - 1]?.push(episodes[index]));
    const credits = stepAdvantages(kernels, stepColumns(episodes), { gamma: 0.95, lambda: 0.95, normalize: true });
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      reinforceSteps(kernels, policy, episodes, credits, { learningRate, entropy });
    }
    budget.spend(1);
    if (budget.spent % 20 === 0) await report(measure(1_000_000));
  }
  return measure(2_000_000);
};

export default defineRecipe({
  name: "envgen",
  title: "EnvGen: environments that teach what is half learned",
  source:
    "Zala et al. (2024), EnvGen: Generating and Adapting Environments via LLMs for Training Embodied Agents, COLM, " +
    "arXiv 2403.12014",
  setting: "A tech tree of 8 stages and a tool, rewarded at its last thing; generated worlds start with what is held " +
    "after each stage. A rule stands for the language model; it is asked every 5 updates, not 4 times in all. 16 " +
    "episodes an update, 30 % of them in the original. 180 updates: where uniform passes 0.25 on the tuning seeds, on " +
    "which world and settings were chosen, too.",
  unit: "updates",
  metric: "success",
  arms: {
    original: arm("baseline", "the original alone", train()),
    twice: arm("baseline", "the original alone, twice as many episodes an update", train(undefined, 2)),
    uniform: arm("ablation", "generated worlds, each as often", train(uniform)),
    adaptive: arm("method", "generated worlds around success 0.5", train(centred)),
    hardest: arm("ablation", "the hardest of the generated worlds", train(hardest)),
    easiest: arm("ablation", "the easiest of them", train(easiest)),
  },
  claims: [
    claim("Adapted worlds teach 0.20 more than uniform ones, where those pass 0.25", "adaptive", "uniform", 0.2),
    claim("and 0.40 more than twice the original's episodes", "adaptive", "twice", 0.4),
  ],
  profiles: {
    smoke: { seeds: 2, budget: 4, tasks: 10 },
    claim: { seeds: 10, budget: 180, tasks: 100 },
    full: { seeds: 20, budget: 180, tasks: 200 },
  },
  tuning: { seeds: [901, 902, 903, 904, 905, 906], settings: [{ learningRate: 0.3, entropy: 0.05 }] },
});
