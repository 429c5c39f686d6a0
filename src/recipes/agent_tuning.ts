/** AgentTuning: what general examples beside an agent's own keep. @module */
import { mix } from "../dataset/mod.ts";
import { tools } from "../environment/mod.ts";
import { randomStream } from "../kernels/mod.ts";
import type { Trajectory } from "../policy/mod.ts";
import {
  arm,
  type Cell,
  claim,
  collectTranscripts,
  defineRecipe,
  demonstrate,
  environmentsOf,
  equalWeights,
  exampleOf,
  imitate,
  measureAnswers,
  type Measures,
  measureSuccess,
  type RecipeArm,
  smallTransformer,
  textsOf,
} from "../recipe/mod.ts";

const [FACTS, BATCH] = [60, 16];
const KINDS = ["fruit", "bird", "stone", "river", "metal", "cloth"];

/** Early, and where the agent's examples alone have been as many as with a fifth of them at the end. */
const [EARLY, FEWEST] = [0.3, 0.2];

/** @param eta Share of the agent's examples in all batches. */
const train = (eta: number) => async (cell: Cell): Promise<Measures> => {
  const { kernels, seed, settings: { learningRate }, budget, tasks, report } = cell;
  const random = randomStream(kernels, seed, 0);
  const [expert, ...held] = environmentsOf(tools, tasks + 1, { world: seed, noise: 0.1 });
  const episodes = collectTranscripts(expert, (each) => each.expert!(random), {
    solved: 0.4 * budget.amount,
    failed: 0,
  });
  const words = Array.from({ length: FACTS }, (_, thing) => `thing${thing}`);
  const [question, kind] = [(word: string) => `what is ${word}?`, () => KINDS[Math.floor(random() * KINDS.length)]];
  const facts = words.map((word) => ({ question: question(word), answer: kind() }));
  const texts = [...textsOf(episodes), ...words.map(question), ...KINDS];
  using policy = smallTransformer(kernels, texts, { seed, words });
  const general = facts.map((fact) => exampleOf(policy, fact));
  const agent = episodes.map((episode) => demonstrate(policy, episode));
  const draw = (share: number, items: readonly Trajectory[], updates: number): readonly Trajectory[] => {
    const sources = { agent: { items: agent, weight: share }, general: { items, weight: 1 - share } };
    return mix(sources, { budget: updates * BATCH, random }).items;
  };
  const learn = (items: readonly Trajectory[], update: number): void => {
    const batch = items.slice(update * BATCH, (update + 1) * BATCH);
    imitate(kernels, policy, batch, { learningRate, weights: equalWeights(batch), maxGradientNorm: 1 });
  };
  const solved = (split: "train" | "test"): number =>
    measureSuccess(kernels, policy, { environments: held, split, first: 1_000_000, seed });
  const measure = (): Measures => ({
    agent: solved("train"),
    general: measureAnswers(policy, facts.slice(0, FACTS / 2)),
    unshown: measureAnswers(policy, facts.slice(FACTS / 2)),
  });
  const first = draw(0, general, 0.6 * budget.amount);
  for (let update = 0; update * BATCH < first.length; update++) learn(first, update);
  const drawn = draw(eta, general.slice(0, FACTS / 2), budget.amount);
  const kept: Record<string, number> = { "log agent, alike": Math.log(0.01) };
  while (budget.left > 0) {
    learn(drawn, budget.spent);
    budget.spend(1);
    const [early, alike] = [EARLY, FEWEST / eta].map((share) => budget.spent === Math.round(share * budget.amount));
    if (!early && !alike) continue;
    const now = measure();
    if (early) Object.assign(kept, { "agent, early": now.agent, "general, early": now.general });
    if (alike) kept["log agent, alike"] = Math.log(Math.max(now.agent, 0.01));
    await report(now);
  }
  return { ...measure(), "new goals": solved("test"), ...kept };
};

const ETAS = [0, 20, 50, 80, 100];
const mixed = (eta: number): RecipeArm =>
  arm(
    eta === 0 ? "baseline" : eta < 100 ? "method" : "ablation",
    `${eta} % of the examples are the agent's`,
    train(eta / 100),
  );

/** Along the front more of the agent's examples never knows more, and never solves less. */
const front = ETAS.slice(2).flatMap((more, index) => {
  const [less, sentence] = [ETAS[index + 1], `${more} % against ${ETAS[index + 1]} %`];
  return [
    claim(`Early, what is known does not rise: ${sentence}`, `eta${less}`, `eta${more}`, 0, "general, early"),
    claim(`Early, what is solved does not fall: ${sentence}`, `eta${more}`, `eta${less}`, 0, "agent, early"),
  ];
});

export default defineRecipe({
  name: "agent_tuning",
  title: "AgentTuning: agent data beside general data",
  source: "Zeng et al. (2023), AgentTuning: Enabling Generalized Agent Abilities for LLMs, arXiv 2310.12823",
  setting: "A transformer that has read 60 facts learns to call an API from 200 solved episodes, mixed, by example, " +
    "with 30 of the facts; the others are not shown again. Early: after 150 updates; alike: when 1,600 examples of the " +
    "agent's were learned, after 100 / eta updates. The learning rate was tuned.",
  unit: "updates",
  metric: "agent",
  arms: Object.fromEntries(ETAS.map((eta) => [`eta${eta}`, mixed(eta)])),
  claims: [
    claim("The agent's examples alone cost 0.15 of what is known", "eta0", "eta100", 0.15, "general"),
    claim("With a share of 0.2 at most 0.03 is lost", "eta20", "eta0", -0.03, "general"),
    claim("It then solves 0.7 times as much, alike", "eta20", "eta100", Math.log(0.7), "log agent, alike"),
    claim("And keeps 0.15 more of what is not shown again", "eta20", "eta100", 0.15, "unshown"),
    ...front,
  ],
  profiles: {
    smoke: { seeds: 2, budget: 10, tasks: 4 },
    claim: { seeds: 5, budget: 500, tasks: 100 },
    full: { seeds: 20, budget: 500, tasks: 200 },
  },
  tuning: { seeds: [901, 902], settings: [{ learningRate: 0.002 }, { learningRate: 0.005 }] },
});
