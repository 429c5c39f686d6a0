import type { Tool } from "../episode/mod.ts";
import type { World } from "../environment/mod.ts";
import { type Kernels, randomStream } from "../kernels/mod.ts";
import { type Tokenizer, toolCallTokens, trainTokenizer } from "../language/mod.ts";
import {
  createLinearPolicy,
  createTransformerPolicy,
  initializeTransformer,
  type PolicySnapshot,
  SPECIAL_TOKENS,
} from "../policy/mod.ts";
import { collectTexts } from "./collect_texts.ts";
import type { TrainConfiguration, TransformerShape } from "./configuration.ts";

/** Episodes whose text makes the tokenizer. */
const TOKENIZER_EPISODES = 1500;

/** The random stream of the texts; episodes use the streams below it. */
const TOKENIZER_STREAM = 0xffffffff;

/** A policy whose weights were drawn from the configuration's seed, as a snapshot that replicas start from. */
export function newPolicy(kernels: Kernels, world: World, configuration: TrainConfiguration): PolicySnapshot {
  const { policy: shape, seed } = configuration;
  if (shape.kind === "linear") {
    using policy = createLinearPolicy(kernels, {
      bits: shape.hashBits,
      bigrams: shape.features === "all",
      characters: shape.features === "all" ? [3, 5] : false,
    });
    return policy.snapshot({ resume: true });
  }
  using tokenizer = worldTokenizer(kernels, world, configuration, shape);
  const { model, config } = initializeTransformer(kernels, {
    vocabularySize: tokenizer.vocabularySize,
    hiddenSize: shape.hiddenSize,
    layers: shape.layers,
    heads: shape.heads,
    keyValueHeads: shape.keyValueHeads,
    headDimension: shape.headDimension,
    intermediateSize: shape.intermediateSize,
    maximumPositions: shape.maximumPositions,
  }, seed);
  using policy = createTransformerPolicy({ model, config, tokenizer });
  return policy.snapshot({ resume: true });
}

function worldTokenizer(
  kernels: Kernels,
  world: World,
  { environmentOptions, seed }: TrainConfiguration,
  { vocabularySize }: TransformerShape,
): Tokenizer {
  const random = randomStream(kernels, seed, TOKENIZER_STREAM);
  const texts = collectTexts(world, { episodes: TOKENIZER_EPISODES, environmentOptions }, random);
  return trainTokenizer(kernels, texts, {
    vocabularySize,
    specialTokens: SPECIAL_TOKENS,
    numbers: "whole",
    addedTokens: world.words ??
      (world.tools ? [...new Set([...toolCallTokens(world.tools), ...enumeratedValues(world.tools)])] : []),
  });
}

/** What arguments are chosen from: one token each, the same wherever it stands, so that it can be copied. */
function enumeratedValues(tools: readonly Tool[]): string[] {
  return tools.flatMap(({ parameters }) =>
    Object.values(parameters.properties).flatMap((property) => "enum" in property ? property.enum : [])
  ).filter((value) => value.length > 1);
}
