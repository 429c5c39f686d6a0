import { cpuUsage } from "node:process";
import type { Kernels } from "../../kernels/mod.ts";
import { trainTokenizer } from "../../language/mod.ts";
import { createLanguageModel, type LanguageModel, type PolicySnapshot, writeLlamaConfig } from "../../policy/mod.ts";
import type { Measurement } from "../bench.ts";
import {
  BENCH_MODELS,
  type BenchModel,
  CONTEXT,
  HEAD_DIMENSION,
  NORM_EPSILON,
  ROPE_THETA,
} from "../peers/bench_model.ts";
import { randomPackedModel } from "../peers/random_packed_model.ts";

/** Answers that are written at once. */
const ANSWERS = [1, 2, 4, 8] as const;
/** Tokens of each prompt and of each answer: nearly all time is writing. */
const READ = 4, WRITTEN = 48;
const ROUNDS = 3;
const [SMALL, LARGE] = BENCH_MODELS;
const MODELS = [[SMALL, "e4", "q8"], [SMALL, "q8", "q8"], [LARGE, "e4", "q8"]] as const;

/** The texts that stand around a model of those sizes; its words are few, as no speed depends on them. */
function filesOf(kernels: Kernels, sizes: BenchModel): PolicySnapshot {
  using tokenizer = trainTokenizer(kernels, [], { vocabularySize: 258, specialTokens: ["<|end|>"] });
  const { vocabulary: vocabularySize, hidden: hiddenSize, intermediate: intermediateSize, ...shape } = sizes;
  const config = writeLlamaConfig({
    ...{ ...shape, vocabularySize, hiddenSize, intermediateSize, headDimension: HEAD_DIMENSION, tied: true },
    ...{ maximumPositions: 2 * CONTEXT, ropeTheta: ROPE_THETA, normEpsilon: NORM_EPSILON },
  });
  const end = tokenizer.tokenId("<|end|>");
  const files = new Map([
    ["config.json", JSON.stringify({ ...config, eos_token_id: end })],
    ["tokenizer.json", tokenizer.toJson()],
  ]);
  return { kind: "transformer", version: 0, tensors: new Map(), files };
}

/** Different prompts, so that nothing is known of one from another. */
function promptOf(answer: number, round: number): Uint32Array {
  return Uint32Array.from({ length: READ }, (_, place) => 1 + (answer * 31 + round * 17 + place * 7) % 250);
}

const optionsOf = (model: LanguageModel, answer: number) => ({
  seed: answer,
  maximumTokens: WRITTEN,
  bias: new Map(model.ends.map((end) => [end, -100])),
});

/** One token of each answer after the other. */
function inTurn(model: LanguageModel, answers: number, round: number): Promise<void> {
  let speeches = Array.from(
    { length: answers },
    (_, answer) => model.speak(promptOf(answer, round), optionsOf(model, answer)),
  );
  while (speeches.length > 0) speeches = speeches.filter((speech) => !speech.next().done);
  return Promise.resolve();
}

async function together(model: LanguageModel, answers: number, round: number): Promise<void> {
  await Promise.all(Array.from({ length: answers }, async (_, answer) => {
    const speech = model.speakTogether(promptOf(answer, round), optionsOf(model, answer));
    while (!(await speech.next()).done);
  }));
}

/** CPU time, so that waiting for a core does not count. */
async function seconds(work: () => Promise<void>): Promise<number> {
  const start = cpuUsage();
  await work();
  const { user, system } = cpuUsage(start);
  return (user + system) / 1e6;
}

/** Measures tokens of several answers of one model: one token of each in turn, and all as one batch. */
export async function benchSpeech(kernels: Kernels): Promise<readonly Measurement[]> {
  const figures: Measurement[] = [];
  for (const [sizes, format, headFormat] of MODELS) {
    const snapshot = filesOf(kernels, sizes);
    const packed = randomPackedModel(kernels, sizes, format, headFormat);
    using model = createLanguageModel(kernels, snapshot, { packed, keptPrompts: 0 });
    await together(model, 1, ROUNDS);
    for (const answers of ANSWERS) {
      const best = { inTurn: Infinity, together: Infinity };
      for (let round = 0; round < ROUNDS; round++) {
        best.inTurn = Math.min(best.inTurn, await seconds(() => inTurn(model, answers, round)));
        best.together = Math.min(best.together, await seconds(() => together(model, answers, round)));
      }
      const tokens = answers * WRITTEN;
      figures.push({
        name: `${sizes.name} ${format}+${headFormat} head, ${answers} answers together`,
        value: tokens / best.together,
        unit: "token/s",
        ratio: best.inTurn / best.together,
        against: `in turn, ${(tokens / best.inTurn).toPrecision(3)} token/s`,
      });
    }
  }
  return figures;
}
