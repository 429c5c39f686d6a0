import type { Kernels } from "../kernels/mod.ts";
import { toByteText } from "./_byte_alphabet.ts";
import { loadTokenizer } from "./load_tokenizer.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** What a trained tokenizer should have. */
export interface TrainTokenizerOptions {
  /** All tokens together; fewer when the texts have no more pairs to merge. At least 256 + the tokens given below. */
  readonly vocabularySize: number;
  /** Marks of the format, such as an end of turn: plain text when they stand in users' words. They get the first ids. */
  readonly specialTokens?: readonly string[];
  /** Literal strings that always are one token, wherever they stand. They get the ids after the special tokens. */
  readonly addedTokens?: readonly string[];
  /**
   * How numbers are cut. `digits` (the default): every digit is its own token. `whole`: a number is apart from the space
   * before it, so that it is the same tokens wherever it stands, and frequent ones are one token. `joined`: as words.
   */
  readonly numbers?: "digits" | "whole" | "joined";
  /** Pairs seen less often are not merged. Default 2. */
  readonly minimumCount?: number;
}

const SPLITS = { digits: "gpt2-digits", whole: "gpt2-numbers", joined: "gpt2" } as const;

/**
 * Learns byte-level byte pairs from texts: frequent words, with the space before them, become one token each.
 *
 * Equal texts and options give equal tokenizers. The same merges as Hugging Face's trainer where no token is added.
 *
 * @param texts Read once, kept in memory while learning.
 * @throws {RangeError} If the vocabulary is too small, or a token is empty or given twice.
 * @see Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units", algorithm 1
 *
 * @example
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { loadKernels, trainTokenizer } from "@eddy/eddy";
 * const kernels = await loadKernels();
 * using tokenizer = trainTokenizer(kernels, ["the cat and the dog and the cat"], { vocabularySize: 300 });
 * ok(tokenizer.encode(" the cat").length === 2);
 * ```
 */
export function trainTokenizer(kernels: Kernels, texts: Iterable<string>, options: TrainTokenizerOptions): Tokenizer {
  const { vocabularySize, specialTokens = [], addedTokens = [], numbers = "digits", minimumCount = 2 } = options;
  const added = [...specialTokens, ...addedTokens];
  if (added.includes("") || new Set(added).size < added.length) {
    throw new RangeError("Cannot train tokenizer: an added token is empty or given twice");
  }
  if (added.some((token) => [...token].length === 1)) {
    throw new RangeError("Cannot train tokenizer: an added token needs at least two characters");
  }
  if (!Number.isInteger(vocabularySize) || vocabularySize < 256 + added.length || vocabularySize >= 2 ** 24) {
    throw new RangeError(
      `Cannot train tokenizer: vocabularySize is ${vocabularySize}, expected at least ${256 + added.length}`,
    );
  }
  const encoder = new TextEncoder();
  const bytes = added.map((token) => encoder.encode(token));
  using trained = kernels.trainBytePairs(
    [...texts],
    vocabularySize,
    minimumCount,
    Uint8Array.from(bytes.flatMap((token) => [...token])),
    Uint32Array.from(bytes, (token) => token.length),
    SPLITS[numbers],
  );
  const learned: string[] = [];
  let at = 0;
  const all = trained.tokenBytes;
  for (const length of trained.tokenLengths) learned.push(toByteText(all.subarray(at, at += length)));
  const tokens = [...added, ...learned];
  const merges: [string, string][] = [];
  const pairs = trained.merges;
  for (let i = 0; i < pairs.length; i += 2) merges.push([tokens[pairs[i]], tokens[pairs[i + 1]]]);
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: true };
  return loadTokenizer(
    kernels,
    JSON.stringify({
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: added.map((content, id) => ({
        id,
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: id < specialTokens.length,
      })),
      normalizer: null,
      pre_tokenizer: numbers === "joined" ? byteLevel : {
        type: "Sequence",
        pretokenizers: [{ type: "Digits", individual_digits: numbers === "digits" }, byteLevel],
      },
      post_processor: null,
      decoder: byteLevel,
      model: {
        type: "BPE",
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: false,
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges,
      },
    }),
  );
}
