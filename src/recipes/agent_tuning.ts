/** AgentTuning: what general examples beside an agent's own keep. @module */
import { tools } from "../environment/mod.ts";
import { randomStream } from "../kernels/mod.ts";
import {
  answersTo,
  type Cell,
  type Claim,
  collectTranscripts,
  defineRecipe,
  demonstrate,
  environmentsOf,
  equalWeights,
  exampleOf,
  imitate,
  type Measures,
  measureSuccess,
  type RecipeArm,
  smallTransformer,
} from "../recipe/mod.ts";

const [EPISODES, THINGS, BATCH] = [200, 60, 16];
const KINDS = ["fruit", "bird", "stone", "river", "metal", "cloth"];

/** Updates of reading before. */
const READING = 300;

/** Shares of the updates after which all arms are compared early, and after which an arm with only its own has seen … */
const [EARLY, FEWEST] = [0.3, 0.2];

/** @param eta Share of the agent's examples in a batch. */
const train = (eta: number) => async (cell: Cell): Promise<Measures> => {
  const { kernels, seed, settings: { learningRate }, budget, tasks, report } = cell;
  const random = randomStream(kernels, seed, 0);
  const [expert, ...held] = environmentsOf(tools, tasks + 1, { world: seed, noise: 0.1 });
  const episodes = collectTranscripts(expert, (each) => each.expert!(random), { solved: EPISODES, failed: 0 });
  const words = Array.from({ length: THINGS }, (_, thing) => `thing${thing}`);
  const facts = words.map((word) => ({
    question: `what is ${word}?`,
    answer: KINDS[Math.floor(random() * KINDS.length)],
  }));
  const said = episodes.flatMap(({ steps }) => steps.flatMap(({ turns, action }) => [turns[0].text, action]));
  const read = facts.flatMap(({ question, answer }) => [question, answer]);
  using policy = smallTransformer(kernels, [...said, ...read], { seed, words });
  const general = facts.map((fact) => exampleOf(policy, fact));
  const shown = general.slice(0, THINGS / 2); // the other half is read once and never shown again
  const agent = episodes.map((episode) => demonstrate(policy, episode));
  const update = (share: number, others = shown): void => {
    const batch = Array.from({ length: BATCH }, () => {
      const from = random() < share ? agent : others;
      return from[Math.floor(random() * from.length)];
    });
    imitate(kernels, policy, batch, { learningRate, weights: equalWeights(batch), maxGradientNorm: 1 });
  };
  const solved = (split: "train" | "test"): number =>
    measureSuccess(kernels, policy, { environments: held, split, first: 1_000_000, seed });
  const known = (half: typeof facts): number =>
    answersTo(policy, half.map(({ question }) => question)).filter((answer, i) => answer === half[i].answer).length /
    half.length;
  const measure = (): Measures => ({
    agent: solved("train"),
    general: known(facts.slice(0, THINGS / 2)),
    "general, unshown": known(facts.slice(THINGS / 2)),
  });
  for (let pass = 0; pass < READING; pass++) update(0, general);
  let [early, alike]: Measures[] = [{}, { agent: 0 }];
  while (budget.left > 0) {
    update(eta);
    budget.spend(1);
    const now = [EARLY, FEWEST / eta].map((share) => budget.spent === Math.round(share * budget.amount));
    if (now[0]) early = measure();
    if (now[1]) alike = measure();
    if (now[0] || now[1]) await report(now[0] ? early : alike);
  }
  return {
    ...measure(),
    "agent, early": early.agent,
    "general, early": early.general,
    "log agent, alike": Math.log(Math.max(alike.agent, 0.01)),
    "new goals": solved("test"),
  };
};

const mixed = (role: RecipeArm["role"], eta: number): RecipeArm => ({
  role,
  meaning: `${eta * 100} % of the examples are the agent's`,
  run: train(eta),
});

/** Each step along the front: more of the agent's is worse for the general, and better for the agent. */
const front = ["eta100", "eta80", "eta50", "eta20"].flatMap((more, index, all): Claim[] => {
  const less = all[index + 1];
  return less === undefined ? [] : [
    {
      sentence: `Early, ${less} knows no less than ${more}`,
      method: less,
      against: more,
      atLeast: 0,
      measure: "general, early",
    },
    {
      sentence: `Early, ${more} solves no less than ${less}`,
      method: more,
      against: less,
      atLeast: 0,
      measure: "agent, early",
    },
  ];
});

export default defineRecipe({
  name: "agent_tuning",
  title: "AgentTuning: agent data beside general data",
  source: "Zeng et al. (2023), AgentTuning: Enabling Generalized Agent Abilities for LLMs, arXiv 2310.12823",
  setting: "A transformer that has read 60 facts learns to call an API from 200 solved episodes; eta is the share of " +
    "those in a batch, by example, and 30 facts are the rest. Early: after 150 updates of each arm. Alike: as soon as an " +
    "arm has seen 1,600 examples of the agent's, which takes 100 / eta updates. Learning rate and length were tuned.",
  unit: "updates",
  metric: "agent",
  arms: {
    eta0: mixed("baseline", 0),
    eta20: mixed("method", 0.2),
    eta50: mixed("method", 0.5),
    eta80: mixed("method", 0.8),
    eta100: mixed("ablation", 1),
  },
  claims: [
    {
      sentence: "The agent's examples alone cost 0.15 of what is known",
      method: "eta0",
      against: "eta100",
      atLeast: 0.15,
      measure: "general",
    },
    {
      sentence: "With a share of 0.2 at most 0.03 is lost",
      method: "eta20",
      against: "eta0",
      atLeast: -0.03,
      measure: "general",
    },
    {
      sentence: "After as many examples of the agent's it solves 0.7 times as much as with those alone",
      method: "eta20",
      against: "eta100",
      atLeast: Math.log(0.7),
      measure: "log agent, alike",
    },
    {
      sentence: "It knows 0.15 more of what is never shown again than with those alone",
      method: "eta20",
      against: "eta100",
      atLeast: 0.15,
      measure: "general, unshown",
    },
    ...front,
  ],
  profiles: {
    smoke: { seeds: 2, budget: 10, tasks: 4 },
    claim: { seeds: 5, budget: 500, tasks: 100 },
    full: { seeds: 20, budget: 500, tasks: 200 },
  },
  tuning: { seeds: [901, 902], settings: [{ learningRate: 0.002 }, { learningRate: 0.005 }] },
});
