import type { Kernels } from "../kernels/mod.ts";
import { trainTokenizer } from "../language/mod.ts";
import {
  createTransformerPolicy,
  initializeTransformer,
  type Policy,
  SPECIAL_TOKENS,
  startAsMeans,
} from "../policy/mod.ts";

/** Shape of a recipe's transformer. */
export interface SmallTransformerOptions {
  /** Names the first weights. */
  readonly seed: number;
  /** Texts that are one token each, wherever they stand. */
  readonly words?: readonly string[];
  /** Words that start as the mean of the tokens of a text; see {@linkcode startAsMeans}. */
  readonly meanings?: ReadonlyMap<string, string>;
  /** Width of the residual stream. Default 32. */
  readonly hiddenSize?: number;
  /** Transformer blocks. Default 2. */
  readonly layers?: number;
  /** Learned pieces of words, beside bytes and `words`. Default 200. */
  readonly pieces?: number;
  /** Longest episode, in tokens. Default 512. */
  readonly maximumPositions?: number;
}

/**
 * A causal language model small enough to be trained from nothing in seconds, with a tokenizer learned from texts.
 *
 * @param texts What will be read and written, or a sample of it.
 */
export function smallTransformer(kernels: Kernels, texts: readonly string[], options: SmallTransformerOptions): Policy {
  const { seed, words = [], meanings, hiddenSize = 32, layers = 2, pieces = 200, maximumPositions = 512 } = options;
  const tokenizer = trainTokenizer(kernels, texts, {
    vocabularySize: 256 + SPECIAL_TOKENS.length + words.length + pieces,
    specialTokens: SPECIAL_TOKENS,
    addedTokens: words,
    numbers: "whole",
  });
  const heads = Math.max(1, hiddenSize / 16);
  const shape = {
    hiddenSize,
    layers,
    heads,
    keyValueHeads: heads,
    headDimension: 16,
    intermediateSize: 2 * hiddenSize,
  };
  const { vocabularySize } = tokenizer;
  const model = initializeTransformer(kernels, { vocabularySize, ...shape, maximumPositions }, seed);
  if (meanings) startAsMeans(model.model, tokenizer, meanings);
  return createTransformerPolicy({ ...model, tokenizer, ownsTokenizer: true });
}
