/** GiGPO: groups of equal tasks, and inside them groups of equal states. @module */
import { type Environment, undo } from "../environment/mod.ts";
import { createLinearPolicy } from "../policy/mod.ts";
import { discountedReturns, groupAdvantages, rowsToTokens } from "../rl/mod.ts";
import {
  arm,
  type Cell,
  claim,
  defineRecipe,
  environmentsOf,
  keyedEnvironment,
  type Measures,
  measureSuccess,
  playEpisodes,
  reinforceSteps,
  stepColumns,
} from "../recipe/mod.ts";

const [TASKS, ROLLOUTS] = [8, 8];

const state = (environment: Environment): string => {
  const { solved, light } = environment.snapshot!() as { solved: number; light: boolean };
  return `${solved} ${light}`;
};

const numbers = (names: readonly string[]): Uint32Array => {
  const known = [...new Set(names)];
  return Uint32Array.from(names, (name) => known.indexOf(name));
};

/** @param weight Of the state's part. @param keyOf What states are recognized by. */
const train =
  (weight: number, keyOf: (environment: Environment, shown: string) => string) =>
  async (cell: Cell): Promise<Measures> => {
    const { kernels, seed, settings, budget, tasks } = cell;
    const world = { world: seed, sigils: 12, keys: 4, length: 4, horizon: 20, traps: 0, panelReward: 0 };
    const environments = environmentsOf(undo, TASKS * ROLLOUTS, world).map((each) => keyedEnvironment(each, keyOf));
    const held = environmentsOf(undo, tasks, world);
    using policy = createLinearPolicy(kernels, { bits: 13, bigrams: false, characters: false });
    const measure = (split: "validation" | "test"): Measures => ({
      success: measureSuccess(kernels, policy, { environments: held, split, seed }),
    });
    for (let update = 0; budget.left > 0; update++) {
      const drawn = environments.map((_, index) => update * TASKS + Math.floor(index / ROLLOUTS));
      const episodes = playEpisodes(kernels, policy, { environments, tasks: drawn, seed, stream: budget.spent });
      budget.spend(episodes.length);
      const { rewards, stepsPerEpisode } = stepColumns(episodes);
      const [groups, outcomes] = [
        Uint32Array.from(drawn),
        Float32Array.from(episodes, ({ success }) => Number(success)),
      ];
      const ofEpisodes = groupAdvantages(kernels, { rewards: outcomes, groups }, { singleton: "zero" });
      const returns = discountedReturns(kernels, { rewards, rowLengths: stepsPerEpisode }, { gamma: 0.95 });
      const keys = environments.flatMap((each, index) => each.keys.map((key) => `${drawn[index]} ${key}`));
      const ofSteps = groupAdvantages(kernels, { rewards: returns, groups: numbers(keys) }, { singleton: "zero" });
      const advantages = rowsToTokens(ofEpisodes, stepsPerEpisode).map((advantage, i) =>
        advantage + weight * ofSteps[i]
      );
      reinforceSteps(kernels, policy, episodes, { advantages }, { learningRate: settings.learningRate, entropy: 0.01 });
      if (update % 5 === 0) await cell.report(measure("validation"));
    }
    return measure("test");
  };

export default defineRecipe({
  name: "gigpo",
  title: "GiGPO: group in group policy optimization",
  source: "Feng et al. (2025), Group-in-Group Policy Optimization for LLM Agent Training, NeurIPS, arXiv 2505.10978",
  setting:
    "Panels whose wrong keys can be undone, rewarded only at the end; a linear policy from nothing; 8 tasks × 8. " +
    "Time for many errors, so that states are seen again and episodes that succeed differ in length; chosen, as the " +
    "number of episodes, on the tuning seeds.",
  unit: "episodes",
  metric: "success",
  arms: {
    grpo: arm("baseline", "advantage of the episode in its group of 8", train(0, state)),
    gigpo: arm("method", "plus that of the step among steps from the same state", train(1, state)),
    rendering: arm(
      "ablation",
      "states recognized by the text that was shown, one of six phrasings",
      train(1, (_, shown) => shown),
    ),
  },
  claims: [
    claim("GiGPO solves 0.10 more than GRPO after 2,240 episodes each, where GRPO passes 0.5", "gigpo", "grpo", 0.1),
  ],
  profiles: {
    smoke: { seeds: 2, budget: 320, tasks: 20 },
    claim: { seeds: 10, budget: 2240, tasks: 200 },
    full: { seeds: 40, budget: 2240, tasks: 200 },
  },
  tuning: { seeds: [901, 902, 903], settings: [{ learningRate: 0.3 }] },
});
