/** Contextual bandits: how to explore while earning. @module */
import { randomStream } from "../kernels/mod.ts";
import { type BanditKind, createContextualBandit, normalQuantile, pickIndex } from "../rl/mod.ts";
import { arm, type Cell, claim, defineRecipe, type Measures } from "../recipe/mod.ts";

const [ACTIONS, FEATURES] = [10, 6];

type KindOf = (amount: number) => BanditKind;

const explore = (kindOf: KindOf) => async (cell: Cell): Promise<Measures> => {
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

const greedy: KindOf = () => ({ kind: "greedy" });
const epsilonGreedy: KindOf = (amount) => ({ kind: "epsilon-greedy", epsilon: 0.05 * amount });
const softmax: KindOf = (amount) => ({ kind: "softmax", temperature: 0.05 * amount });
const squarecb: KindOf = (amount) => ({ kind: "inverse-gap", scale: 10 / amount });
const linucb: KindOf = (amount) => ({ kind: "linucb", alpha: 0.5 * amount });
const lints: KindOf = (amount) => ({ kind: "lints", alpha: 0.5 * amount });
const bags: KindOf = (amount) => ({ kind: "bags", bags: 16, learningRate: 0.5 * amount });
const exp4: KindOf = (amount) => ({
  kind: "exp4",
  experts: [greedy, epsilonGreedy, linucb].map((each) => each(amount)),
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
    epsilon: arm("baseline", "ridge regressions, ε-greedy", explore(epsilonGreedy)),
    greedy: arm("ablation", "ridge regressions, always the best: LinUCB without a width", explore(greedy)),
    softmax: arm("method", "ridge regressions, softmax", explore(softmax)),
    squarecb: arm("method", "ridge regressions, inverse-gap weighting", explore(squarecb)),
    linucb: arm("method", "ridge regressions, the largest upper bound", explore(linucb)),
    lints: arm("method", "ridge regressions, drawn from their posterior", explore(lints)),
    bags: arm("method", "16 logistic regressions on bootstrap resamples", explore(bags)),
    exp4: arm("method", "Exp4 above ε-greedy, greedy and LinUCB", explore(exp4)),
  },
  claims: [
    claim("LinUCB scores 0.05 more than ε-greedy", "linucb", "epsilon", 0.05),
    claim("LinTS scores 0.02 more than ε-greedy", "lints", "epsilon", 0.02),
    claim("SquareCB scores 0.02 more than ε-greedy", "squarecb", "epsilon", 0.02),
    claim("LinUCB's width is worth 0.02", "linucb", "greedy", 0.02),
    claim("Exp4 loses at most 0.05 to the best of its experts", "exp4", "linucb", -0.05),
  ],
  profiles: {
    smoke: { seeds: 2, budget: 200, tasks: 1 },
    claim: { seeds: 20, budget: 4000, tasks: 1 },
    full: { seeds: 50, budget: 20_000, tasks: 1 },
  },
  tuning: { seeds: [901, 902, 903], settings: [0.1, 0.3, 1, 3].map((amount) => ({ amount })) },
});
