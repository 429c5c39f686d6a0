/** Instruction mixing: what other instructions do to chat. @module */
import { randomStream } from "../kernels/mod.ts";
import {
  answersTo,
  arm,
  type Cell,
  claim,
  defineRecipe,
  type Example,
  exampleOf,
  imitate,
  type Measures,
  type RecipeArm,
  smallTransformer,
} from "../recipe/mod.ts";

const ITEMS = 60;
const KINDS = ["tool", "fruit", "bird", "stone", "river", "metal"];
const FAMILIES = ["chat", "code", "task"] as const;
type Family = typeof FAMILIES[number];

/** Three families that say the same in three ways. */
const CUES: Record<Family, string> = { chat: "please tell me about", code: "write a call for", task: "label of" };
const FORMS: Record<Family, (item: string, kind: string) => string> = {
  chat: (item, kind) => `i think that ${item} is a kind of ${kind}.`,
  code: (item, kind) => `lookup(${item}, ${kind})`,
  task: (_, kind) => kind,
};

/** @param families What is mixed, by example. @param tagged Whether a word says which family is meant. */
const train = (families: readonly Family[], tagged = false) => async (cell: Cell): Promise<Measures> => {
  const { kernels, seed, settings, budget, tasks, report } = cell;
  const random = randomStream(kernels, seed, 0);
  const below = (count: number): number => Math.floor(random() * count);
  const kinds = Array.from({ length: ITEMS }, () => KINDS[below(KINDS.length)]);
  /** Three prompts in ten do not say which family is meant. */
  const draw = (family: Family, ambiguous = random() < 0.3): Example => {
    const item = below(ITEMS);
    const question = `${tagged ? `as ${family}: ` : ""}${ambiguous ? "what of" : CUES[family]} thing${item}?`;
    return { question, answer: FORMS[family](`thing${item}`, kinds[item]) };
  };
  const texts = FAMILIES.flatMap((family) => Array.from({ length: 100 }, () => draw(family)))
    .flatMap(({ question, answer }) => [question, answer]);
  const words = Array.from({ length: ITEMS }, (_, item) => `thing${item}`);
  using policy = smallTransformer(kernels, texts, { seed, words });
  const exact = (family: Family, ambiguous: boolean): number => {
    const examples = Array.from({ length: tasks }, () => draw(family, ambiguous));
    const answers = answersTo(policy, examples.map(({ question }) => question));
    return examples.filter(({ answer }, index) => answer === answers[index]).length / tasks;
  };
  const measure = (): Measures => ({
    "chat, ambiguous": exact("chat", true),
    ...Object.fromEntries(FAMILIES.map((family) => [family, exact(family, false)])),
  });
  for (let update = 1; budget.left > 0; update++) {
    const count = Math.min(24, Math.ceil(budget.left / 12));
    const batch = Array.from({ length: count }, () => exampleOf(policy, draw(families[below(families.length)])));
    imitate(kernels, policy, batch, { learningRate: settings.learningRate, maxGradientNorm: 1 });
    budget.spend(batch.reduce((sum, { decisions }) => sum + decisions[0].tokens.length, 0));
    if (update % 100 === 0) await report(measure());
  }
  return measure();
};

const blend = (role: RecipeArm["role"], ...families: Family[]): RecipeArm => ({
  role,
  meaning: `${families.join(" and ")} in equal parts`,
  run: train(families),
});

export default defineRecipe({
  name: "mixing",
  title: "Instruction mixing",
  source: "Wang et al. (2023), Demystifying Instruction Mixing for Fine-tuning Large Language Models, arXiv 2312.10793",
  setting: "The same facts asked as chat, as code and as a label, three prompts in ten alike in all three; as many " +
    "tokens of answers for each blend; a transformer from nothing. Exact answers, 60 things.",
  unit: "tokens",
  metric: "chat, ambiguous",
  arms: {
    chat: blend("baseline", "chat"),
    chat_code: blend("method", "chat", "code"),
    chat_task: blend("method", "chat", "task"),
    all: blend("ablation", "chat", "code", "task"),
    tagged: arm("method", "all, with a word before each prompt", train(FAMILIES, true)),
  },
  claims: [
    claim("Labels cost chat 0.05 where prompts are ambiguous", "chat", "chat_task", 0.05),
    claim("With a tag, all costs chat at most 0.05 there", "tagged", "chat", -0.05),
    claim("Code costs chat at most 0.05 where prompts are clear", "chat_code", "chat", -0.05, "chat"),
  ],
  profiles: {
    smoke: { seeds: 2, budget: 1000, tasks: 10 },
    claim: { seeds: 5, budget: 50_000, tasks: 100 },
    full: { seeds: 20, budget: 50_000, tasks: 200 },
  },
  tuning: { seeds: [901], settings: [{ learningRate: 0.01 }] },
});
