/** ToolGen: every tool is a token; documents first, then queries. @module */
import { stages } from "../dataset/mod.ts";
import { randomStream } from "../kernels/mod.ts";
import { wordIndex } from "../language/mod.ts";
import type { Trajectory } from "../policy/mod.ts";
import {
  answersTo,
  arm,
  type Cell,
  claim,
  defineRecipe,
  type Example,
  exampleOf,
  imitate,
  measureRanking,
  type Measures,
  rankAnswers,
  smallTransformer,
} from "../recipe/mod.ts";

const [TOOLS, WORDS, QUERIES, ORDERS, BATCH] = [300, 200, 4, 8, 32];
const NAMES = Array.from({ length: TOOLS }, (_, tool) => `tool${tool}`);
const SPELLED = Array.from({ length: WORDS }, (_, word) => [` word${word}`, ` like${word}`]).flat();

/** Tools of six made-up words; each word has a second one that means the same and that only queries use. */
function inventTools(random: () => number): Record<"told" | "asked", (tool: number) => Example> {
  const words = NAMES.map(() => Array.from({ length: 6 }, () => Math.floor(random() * WORDS)));
  const shuffled = (tool: number): number[] =>
    words[tool].map((word): [number, number] => [random(), word]).sort(([a], [b]) => a - b).map(([, word]) => word);
  const plain = (word: number): string => SPELLED[2 * word];
  const say = (word: number): string => SPELLED[2 * word + Number(random() < 0.35)];
  return {
    told: (tool) => ({ question: `tool${shuffled(tool).map(plain).join("")}`, answer: NAMES[tool] }),
    asked: (tool) => ({ question: `query${shuffled(tool).slice(0, 4).map(say).join("")}`, answer: NAMES[tool] }),
  };
}

/** @param documents Share of updates for documents alone. @param replay Of documents among the rest. @param answer By what. */
const train =
  (documents: number, replay: number, answer: "trie" | "free" | "index" = "trie") =>
  async (cell: Cell): Promise<Measures> => {
    const { kernels, seed, settings: { learningRate, later }, budget, tasks, report } = cell;
    const random = randomStream(kernels, seed, 0);
    const { told, asked } = inventTools(random);
    const halves = [0, 1].map((half) => [...NAMES.keys()].filter((tool) => tool % 2 === half));
    const held = halves.map((half) => Array.from({ length: tasks }, (_, index) => asked(half[index % half.length])));
    const words = [...NAMES, "tool", "query", ...SPELLED];
    using policy = smallTransformer(kernels, [], { seed, words, pieces: 0, layers: 1, hiddenSize: 64 });
    const learned = (tools: readonly number[], of: (tool: number) => Example, count: number): Trajectory[] =>
      tools.flatMap((tool) => Array.from({ length: count }, () => exampleOf(policy, of(tool))));
    const found = wordIndex(NAMES.map((_, tool) => told(tool).question.split(" ")));
    const retrieve = (questions: string[]): string[][] =>
      answer === "index"
        ? questions.map((question) => found.search(question.split(" "), 5).map((match) => NAMES[match.index]))
        : rankAnswers(policy, questions, { count: 5, candidates: NAMES });
    const measure = (): Measures => {
      const [seen, unseen] = held.map((queries) => measureRanking(queries, retrieve, 5));
      const options = { temperature: 1, seed, candidates: answer === "free" ? undefined : NAMES };
      const drawn = answersTo(policy, held.flat().map(({ question }) => question), options);
      const invented = drawn.filter((name) => !NAMES.includes(name)).length / drawn.length;
      return { unseen: unseen.ndcg, seen: seen.ndcg, "unseen, first": unseen.first, invented };
    };
    const first = Math.round(documents * budget.amount);
    const orders = Math.min(ORDERS, Math.ceil(budget.amount / 75));
    const plan = stages([
      { items: learned([...NAMES.keys()], told, orders), count: first * BATCH },
      { items: learned(halves[0], asked, QUERIES), count: (budget.amount - first) * BATCH, replay },
    ], random).flat();
    while (budget.left > 0) {
      const batch = plan.slice(budget.spent * BATCH, (budget.spent + 1) * BATCH);
      const rate = first > 0 && budget.spent >= first ? learningRate * later : learningRate;
      if (answer !== "index") imitate(kernels, policy, batch, { learningRate: rate, maxGradientNorm: 1 });
      budget.spend(1);
      if (budget.spent === first) await report(measure());
    }
    return measure();
  };

const [MOST, unseen] = [8 / 9, "on tools that no training query asks for"];

export default defineRecipe({
  name: "toolgen",
  title: "ToolGen: tools as tokens",
  source: "Wang et al. (2024), ToolGen: Unified Tool Retrieval and Calling via Generation, ICLR 2025, arXiv 2410.03439",
  setting:
    "300 made-up tools, half without a training query; a transformer from nothing writes one token. NDCG of the " +
    "first five; invented: of answers drawn at temperature 1, those that are no tools. Tuned: the learning rate, and " +
    "what is left of it when queries alone begin.",
  unit: "updates",
  metric: "unseen",
  arms: {
    index: arm("baseline", "BM25 over documents", train(MOST, 0, "index")),
    retrieval: arm("baseline", "queries alone", train(0, 0)),
    memory: arm("ablation", "documents alone", train(1, 0)),
    toolgen: arm("method", "documents, then an eighth of queries", train(MOST, 0)),
    free: arm("ablation", "that, answered without the trie", train(MOST, 0, "free")),
    joint: arm("method", "eight to one all along", train(0, MOST)),
  },
  claims: [
    claim(`Documents first are worth 0.30 ${unseen}`, "toolgen", "retrieval", 0.3),
    claim(`The same in one go is worth 0.05 more ${unseen}`, "joint", "toolgen", 0.05),
    claim("Without the trie 0.001 of the answers are invented, with it none", "free", "toolgen", 0.001, "invented"),
  ],
  profiles: {
    smoke: { seeds: 2, budget: 9, tasks: 8 },
    claim: { seeds: 5, budget: 600, tasks: 150 },
    full: { seeds: 20, budget: 600, tasks: 300 },
  },
  tuning: {
    seeds: [901, 902],
    settings: [{ learningRate: 0.003, later: 0.3 }, { learningRate: 0.005, later: 0.1 }],
  },
});
