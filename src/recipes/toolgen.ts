/** ToolGen: every tool is a token; documents first, then queries. @module */
import { readTools, type ToolDocument } from "../dataset/mod.ts";
import { randomStream } from "../kernels/mod.ts";
import type { Trajectory } from "../policy/mod.ts";
import {
  answersTo,
  type Cell,
  defineRecipe,
  type Example,
  exampleOf,
  imitate,
  type Measures,
  smallTransformer,
} from "../recipe/mod.ts";

const [TOOLS, WORDS, QUERIES, ORDERS] = [300, 150, 4, 4];

/** Tools of made-up words; each word has a second one that means the same and that only queries use. */
function inventTools(random: () => number): ToolDocument[] {
  return Array.from({ length: TOOLS }, (_, tool) => {
    const words = Array.from({ length: 6 }, () => `word${Math.floor(random() * WORDS)}`);
    return { name: `tool_${tool}`, description: words.join(" ") };
  });
}

/** The words of a description, in any order. */
function document({ name, description }: ToolDocument, random: () => number): Example {
  return { question: `tool ${shuffled(description, random).join(" ")}`, answer: name };
}

/** Four words of a description, about a third of them said otherwise. */
function ask({ name, description }: ToolDocument, random: () => number): Example {
  const words = shuffled(description, random).slice(0, 4);
  const said = words.map((word) => /^word\d+$/.test(word) && random() < 0.35 ? `like${word.slice(4)}` : word);
  return { question: `query ${said.join(" ")}`, answer: name };
}

function shuffled(text: string, random: () => number): string[] {
  const keyed = text.slice(0, 150).split(" ").slice(0, 30).map((word): [number, string] => [random(), word]);
  return keyed.sort(([a], [b]) => a - b).map(([, word]) => word);
}

/** @param shareOf Share of documents in a batch, from what is spent of the budget. */
const train = (shareOf: (spent: number) => number) => async (cell: Cell): Promise<Measures> => {
  const { kernels, seed, settings, budget, tasks, data, report } = cell;
  const random = randomStream(kernels, seed, 0);
  const tools = data === undefined ? inventTools(random) : await readTools(data);
  const names = tools.map(({ name }) => name);
  const documents = tools.flatMap((tool) => Array.from({ length: ORDERS }, () => document(tool, random)));
  const known = tools.filter((_, tool) => tool % 2 === 0), unknown = tools.filter((_, tool) => tool % 2 === 1);
  const asked = known.flatMap((tool) => Array.from({ length: QUERIES }, () => ask(tool, random)));
  const held = [known, unknown].map((half) =>
    Array.from({ length: tasks }, () => ask(half[Math.floor(random() * half.length)], random))
  );
  const texts = [...documents, ...asked].map(({ question }) => question);
  const words = data === undefined ? [...new Set(texts.join(" ").split(" "))].filter((word) => word.length > 1) : [];
  const pieces = data === undefined ? 0 : 2000;
  using policy = smallTransformer(kernels, texts, { seed, words: [...names, ...words], pieces, hiddenSize: 48 });
  const measure = (): Measures => {
    const right = held.map((examples) => {
      const answers = answersTo(policy, examples.map(({ question }) => question), names);
      return examples.filter(({ answer }, index) => answer === answers[index]).length / examples.length;
    });
    const free = answersTo(policy, held[1].map(({ question }) => question));
    const invented = free.filter((answer) => !names.includes(answer)).length / free.length;
    return { unseen: right[1], seen: right[0], invented };
  };
  const [told, queried] = [documents, asked].map((examples) => examples.map((each) => exampleOf(policy, each)));
  const pick = (examples: readonly Trajectory[]): Trajectory => examples[Math.floor(random() * examples.length)];
  while (budget.left > 0) {
    const share = shareOf(budget.spent / budget.amount);
    const batch = Array.from({ length: 32 }, () => pick(random() < share ? told : queried));
    imitate(kernels, policy, batch, { learningRate: settings.learningRate, maxGradientNorm: 1 });
    budget.spend(1);
    if (budget.spent % 200 === 0) await report(measure());
  }
  return measure();
};

const queries = { sentence: "Documents first are worth 0.30 on tools that no training query asks for" };
const replay = { sentence: "Documents replayed beside queries are worth 0.05 more there than documents first" };

export default defineRecipe({
  name: "toolgen",
  title: "ToolGen: tools as tokens",
  source: "Wang et al. (2024), ToolGen: Unified Tool Retrieval and Calling via Generation, ICLR 2025, arXiv 2410.03439",
  setting: "300 made-up tools, half without a training query; a transformer from nothing writes one token under the " +
    "trie of names. With --data: the tools of that file. Measured: right at first, and names invented without the trie.",
  unit: "updates",
  metric: "unseen",
  arms: {
    retrieval: { role: "baseline", meaning: "queries alone", run: train(() => 0) },
    memory: { role: "ablation", meaning: "documents alone", run: train(() => 1) },
    toolgen: {
      role: "method",
      meaning: "eight parts documents, then one part queries",
      run: train((spent) => spent < 8 / 9 ? 1 : 0),
    },
    replay: {
      role: "method",
      meaning: "as toolgen, with documents beside the queries",
      run: train((spent) => spent < 8 / 9 ? 1 : 0.5),
    },
  },
  claims: [
    { ...queries, method: "toolgen", against: "retrieval", atLeast: 0.3 },
    { ...replay, method: "replay", against: "toolgen", atLeast: 0.05 },
  ],
  profiles: {
    smoke: { seeds: 2, budget: 6, tasks: 20 },
    claim: { seeds: 5, budget: 600, tasks: 150 },
    full: { seeds: 20, budget: 1200, tasks: 300 },
  },
  tuning: { seeds: [901], settings: [{ learningRate: 0.003 }] },
});
