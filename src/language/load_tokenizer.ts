import { EddyError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import { readTokenizerFile } from "./pipeline/read_tokenizer_file.ts";
import { makeTokenizer } from "./pipeline/make_tokenizer.ts";
import type { Tokenizer } from "./tokenizer.ts";

/**
 * Makes a tokenizer from the text of a Hugging Face `tokenizer.json`: byte-level and SentencePiece-style BPE, WordPiece,
 * Unigram and whole words, with every normalizer, pre-tokenizer, post-processor and decoder of the format save
 * `UnicodeScripts`. The same ids, offsets and texts as the library `tokenizers` gives.
 *
 * @throws {EddyError} `tokenizer_invalid` If the file is broken, or of a kind that is not supported yet.
 *
 * @example
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { loadKernels, loadTokenizer, trainTokenizer } from "@eddy/eddy";
 * const kernels = await loadKernels();
 * using trained = trainTokenizer(kernels, ["to be or not to be"], { vocabularySize: 300 });
 * using loaded = loadTokenizer(kernels, trained.toJson());
 * ok(loaded.decode(loaded.encode("not to be")) === "not to be");
 * ```
 */
export function loadTokenizer(kernels: Kernels, json: string): Tokenizer {
  try {
    return makeTokenizer(kernels, readTokenizerFile(json), () => json);
  } catch (cause) {
    if (cause instanceof EddyError) throw cause;
    throw new EddyError("tokenizer_invalid", `Cannot load tokenizer: ${(cause as Error).message}`, { cause });
  }
}
