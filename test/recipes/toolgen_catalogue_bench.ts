/**
 * ToolGen over a real catalogue: every tool a token, a small transformer from nothing that reads documents, answers by
 * beam search under the trie of all names; BM25 beside it. Then memory and time of the trie over as many names as asked.
 *
 * ```sh
 * deno run -A test/recipes/toolgen_catalogue_bench.ts --data TOOLS --queries QUERIES [--updates 500] [--size 50000]
 * ```
 *
 * TOOLS and QUERIES are folders (or, for tools, any file of that form); without them it says where they can be found.
 * Half of the queries, by turns, may be learned from after the documents; the other half is what is measured.
 */
import { parseArgs } from "node:util";
import { readToolQueries, readTools, type ToolQuery } from "../../src/dataset/mod.ts";
import { loadKernels, randomStream } from "../../src/kernels/mod.ts";
import { searchWords, trainTokenizer, wordIndex } from "../../src/language/mod.ts";
import { candidateTrie, SPECIAL_TOKENS, type Trajectory } from "../../src/policy/mod.ts";
import { exampleOf, imitate, measureRanking, rankAnswers, smallTransformer } from "../../src/recipe/mod.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "." },
    queries: { type: "string", default: "." },
    updates: { type: "string", default: "500" },
    rate: { type: "string", default: "0.003" },
    width: { type: "string", default: "64" },
    size: { type: "string", default: "50000" },
    seed: { type: "string", default: "1" },
    start: { type: "string", default: "mean" }, // of the words of a name; or "random"
  },
});
const [updates, rate, size, seed] = [+values.updates, +values.rate, +values.size, +values.seed];
const [BATCH, COUNT, MOST_WORDS] = [64, 5, 12];
const kernels = await loadKernels();
const random = randomStream(kernels, seed, 0);

const catalogue = await readTools(values.data);
const names = catalogue.map(({ name }) => name);
const known = new Set(names);
const queries = (await readToolQueries(values.queries)).filter(({ relevant }) =>
  relevant.every((name) => known.has(name))
);
const [practice, held] = [0, 1].map((half) => queries.filter((_, index) => index % 2 === half));
console.log(`${names.length} tools; ${practice.length} queries to learn from, ${held.length} held out`);

/** Runs something and says how long it took. */
function timed<Result>(what: string, run: () => Result): Result {
  const started = performance.now();
  const result = run();
  console.log(`${what}: ${(performance.now() - started).toFixed(1)} ms`);
  return result;
}
const told = (measures: Readonly<Record<string, number>>): string =>
  Object.entries(measures).map(([name, value]) => `${name} ${value.toFixed(3)}`).join(", ");
const questions = (list: readonly ToolQuery[]): { question: string; answer: readonly string[] }[] =>
  list.map(({ query, relevant }) => ({ question: query, answer: relevant }));

// BM25 over name and description.
const documents = catalogue.map(({ name, description }) => searchWords(`${name} ${description}`));
const index = timed("BM25, building", () => wordIndex(documents, { maximumShare: 0.1 }));
const find = (query: string): string[] => index.search(searchWords(query), COUNT).map((match) => names[match.index]);
const bm25 = timed(
  `BM25, ${held.length} queries`,
  () => measureRanking(questions(held), (asked) => asked.map(find), COUNT),
);
console.log(`BM25 at ${COUNT}: ${told({ ...bm25 })}`);

// Words that stand in few documents say nothing, those that stand in many neither.
const counts = new Map<string, number>();
for (const words of documents) for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
const kept = new Set(
  [...counts].filter(([, count]) => count >= 3 && count <= 0.1 * names.length).map(([word]) => word),
);
const said = (words: readonly string[]): string[] => words.filter((word) => kept.has(word)).map((word) => ` ${word}`);
/** Some of the words, in any order: what is asked never has all that a document says. */
const some = (words: readonly string[], least: number): string => {
  const keyed = [...new Set(words)].map((word): [number, string] => [random(), word]).sort(([a], [b]) => a - b);
  const length = Math.max(least, Math.ceil(random() * Math.min(MOST_WORDS, keyed.length)));
  return keyed.slice(0, length).map(([, word]) => word).join("");
};
const readable = documents.map(said);
const words = [...kept].map((word) => ` ${word}`);
const meanings = new Map(values.start === "mean" ? names.map((name) => [name, said(searchWords(name)).join("")]) : []);
using policy = smallTransformer(kernels, [], {
  meanings,
  seed,
  words: [...names, ...words],
  pieces: 0,
  layers: 1,
  hiddenSize: +values.width,
});
console.log(`transformer: ${policy.parameterCount} parameters, ${words.length} words`);
const below = (count: number): number => Math.floor(random() * count);
const document = (): Trajectory => {
  const tool = below(names.length);
  return exampleOf(policy, { question: some(readable[tool], 3), answer: names[tool] });
};
const asked = (): Trajectory => {
  const { query, relevant } = practice[below(practice.length)];
  return exampleOf(policy, { question: some(said(searchWords(query)), 3), answer: relevant[below(relevant.length)] });
};
using tokens = trainTokenizer(kernels, [], {
  vocabularySize: 256 + SPECIAL_TOKENS.length + names.length + words.length,
  specialTokens: SPECIAL_TOKENS,
  addedTokens: [...names, ...words],
});
const trie = timed("trie of names, one token each", () => candidateTrie(tokens, names, tokens.tokenId("<|end|>")!));
const retrieve = (list: string[]): string[][] => {
  const short = list.map((query) => [...new Set(said(searchWords(query)))].slice(0, 2 * MOST_WORDS).join(""));
  return rankAnswers(policy, short, { count: COUNT, constraint: trie });
};
const started = performance.now();
for (let update = 1; update <= updates; update++) {
  // Documents alone, eight parts; then queries with as many documents beside them, at a third of the rate.
  const late = update > updates * 8 / 9;
  const batch = Array.from({ length: BATCH }, () => late && random() < 0.5 ? asked() : document());
  imitate(kernels, policy, batch, { learningRate: late ? rate / 3 : rate, maxGradientNorm: 1 });
  if (update % Math.ceil(updates / 9) === 0) {
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(
      `${update} updates of ${BATCH}, ${seconds} s: ${told({ ...measureRanking(questions(held), retrieve, COUNT) })}`,
    );
  }
}
console.log(
  `ToolGen at ${COUNT}: ${
    told({ ...timed(`${held.length} queries`, () => measureRanking(questions(held), retrieve, COUNT)) })
  }`,
);

// More names than there are: memory and time do not ask whether they mean something.
const many = Array.from(
  { length: size },
  (_, i) => i < names.length ? names[i] : `${names[i % names.length]}#${Math.floor(i / names.length)}`,
);
for (const atomic of [true, false]) {
  const how = atomic ? "one token each" : "spelled";
  const options = { specialTokens: SPECIAL_TOKENS, addedTokens: atomic ? many : [] };
  const vocabularySize = 256 + SPECIAL_TOKENS.length + (atomic ? many.length : 1000);
  using tokenizer = timed(
    `tokenizer, ${size} names, ${how}`,
    () => trainTokenizer(kernels, atomic ? [] : many.slice(0, 8192), { ...options, vocabularySize }),
  );
  const before = Deno.memoryUsage().heapUsed;
  const all = timed(
    `trie of ${size} names, ${how}`,
    () => candidateTrie(tokenizer, many, tokenizer.tokenId("<|end|>")!),
  );
  const heap = (Deno.memoryUsage().heapUsed - before) / 1e6;
  console.log(
    `  ${all.allowedCounts.length} states, masks ${(all.masks.byteLength / 1e3).toFixed(0)} kB, heap ${
      heap.toFixed(0)
    } MB`,
  );
  const asking = smallTransformer(kernels, atomic ? [] : many.slice(0, 8192), {
    seed,
    words: atomic ? many : [],
    pieces: atomic ? 0 : 1000,
    layers: 1,
    hiddenSize: +values.width,
  });
  const few = held.slice(0, 20).map(({ query }) => query.slice(0, 40));
  const milliseconds = few.map((query) => {
    const from = performance.now();
    rankAnswers(asking, [query], { count: COUNT, constraint: all });
    return performance.now() - from;
  }).sort((a, b) => a - b);
  console.log(
    `  ${COUNT} beams, one query of 40 letters: median ${milliseconds[10].toFixed(1)} ms, slowest ${
      milliseconds[19].toFixed(1)
    } ms`,
  );
  asking[Symbol.dispose]();
}
