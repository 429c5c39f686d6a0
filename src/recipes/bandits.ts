/** Contextual bandits: how to explore while earning. @module */
import { randomStream } from "../kernels/mod.ts";
import { type BanditKind, createContextualBandit, normalQuantile, pickIndex } from "../rl/mod.ts";
import { type Cell, defineRecipe, type Measures, type RecipeArm } from "../recipe/mod.ts";

const [ACTIONS, FEATURES] = [10, 6];

const run = (kindOf: (amount: number) => BanditKind) => async (cell: Cell): Promise<Measures> => {
  const { kernels, seed, settings, budget, report } = cell;
  const options = { actions: ACTIONS, features: FEATURES, uniform: randomStream(kernels, seed, 3) };
  const bandit = createContextualBandit(kernels, kindOf(settings.amount), options);
  const [world, luck] = [randomStream(kernels, seed, 0), randomStream(kernels, seed, 1)];
  const normals = (): Float64Array =>
    Float64Array.from({ length: FEATURES }, () => normalQuantile(Math.max(world(), 2 ** -33)));
  const tastes = Array.from({ length: ACTIONS }, normals);
  let [earned, best, chance] = [0, 0, 0];
  const measure = (): Measures => ({ score: (earned - chance) / (best - chance), regret: best - earned });
  while (budget.left > 0) {
    const context = normals().fill(1, 0, 1);
    const odds = tastes.map((taste) => context.reduce((sum, value, at) => sum + value * taste[at] / 2, -2));
    const means = odds.map((odd) => 1 / (1 + Math.exp(-odd)));
    const action = pickIndex(bandit.probabilities(context), luck());
    bandit.learn(action, Number(luck() < means[action]));
    earned += means[action];
    best += Math.max(...means);
    chance += means.reduce((sum, mean) => sum + mean) / ACTIONS;
    budget.spend(1);
    if (budget.spent % Math.ceil(budget.amount / 40) === 0) await report(measure());
  }
  return measure();
};

const arm = (role: RecipeArm["role"], meaning: string, kindOf: (amount: number) => BanditKind): RecipeArm => ({
  role,
  meaning,
  run: run(kindOf),
});
const epsilonGreedy = (amount: number): BanditKind => ({ kind: "epsilon-greedy", epsilon: 0.05 * amount });
const linucb = (amount: number): BanditKind => ({ kind: "linucb", alpha: 0.5 * amount });
const exp4 = (amount: number): BanditKind => ({
  kind: "exp4",
  experts: [{ kind: "greedy" }, epsilonGreedy(amount), linucb(amount)],
  learningRate: 0.01 * amount,
});

export default defineRecipe({
  name: "bandits",
  title: "Contextual bandits: exploring while earning",
  source: "Bietti, Agarwal and Langford (2021), A Contextual Bandit Bake-off, JMLR 22, arXiv 1802.04064",
  setting: `${ACTIONS} actions, ${FEATURES} features; an action is right by a logistic chance that is mostly small. ` +
    "score: what was earned, from chance (0) to the best action every time (1); regret: what was lost.",
  unit: "environment steps",
  metric: "score",
  arms: {
    epsilon: arm("baseline", "ridge regressions, ε-greedy", epsilonGreedy),
    greedy: arm("ablation", "ridge regressions, always the best: LinUCB without a width", () => ({ kind: "greedy" })),
    softmax: arm("method", "ridge regressions, softmax", (amount) => ({ kind: "softmax", temperature: 0.05 * amount })),
    squarecb: arm(
      "method",
      "ridge regressions, inverse-gap weighting",
      (amount) => ({ kind: "inverse-gap", scale: 10 / amount }),
    ),
    linucb: arm("method", "ridge regressions, the largest upper bound", linucb),
    lints: arm(
      "method",
      "ridge regressions, drawn from their posterior",
      (amount) => ({ kind: "lints", alpha: 0.5 * amount }),
    ),
    bags: arm(
      "method",
      "16 logistic regressions on bootstrap resamples",
      (amount) => ({ kind: "bags", bags: 16, learningRate: 0.5 * amount }),
    ),
    exp4: arm("method", "Exp4 above ε-greedy, greedy and LinUCB", exp4),
  },
  claims: [
    { sentence: "LinUCB scores 0.05 more than ε-greedy", method: "linucb", against: "epsilon", atLeast: 0.05 },
    { sentence: "LinTS scores 0.02 more than ε-greedy", method: "lints", against: "epsilon", atLeast: 0.02 },
    { sentence: "SquareCB scores 0.02 more than ε-greedy", method: "squarecb", against: "epsilon", atLeast: 0.02 },
    { sentence: "LinUCB's width is worth 0.02", method: "linucb", against: "greedy", atLeast: 0.02 },
    {
      sentence: "Exp4 loses at most 0.05 to the best of its experts",
      method: "exp4",
      against: "linucb",
      atLeast: -0.05,
    },
  ],
  profiles: {
    smoke: { seeds: 2, budget: 200, tasks: 1 },
    claim: { seeds: 20, budget: 4000, tasks: 1 },
    full: { seeds: 50, budget: 20_000, tasks: 1 },
  },
  tuning: { seeds: [901, 902, 903], settings: [0.1, 0.3, 1, 3].map((amount) => ({ amount })) },
});
