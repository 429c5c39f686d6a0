import { EddyError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import { fromByteText } from "./_byte_alphabet.ts";
import { readTokenizerFile } from "./_tokenizer_file.ts";
import type { EncodedText, TextStream, Tokenizer } from "./tokenizer.ts";

const encoder = new TextEncoder();

/**
 * Makes a tokenizer from the text of a Hugging Face `tokenizer.json`: byte-level BPE with the splits of GPT-2, Llama 3
 * and Qwen 2, or with single digits.
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
  const file = readTokenizerFile(json);
  const added = new Set(file.addedTokens.map((token) => token.content));
  const ids = new Map(file.vocabulary);
  const plain = file.vocabulary.filter(([token]) => !added.has(token));
  const tokens = concatenate(plain.map(([token]) => fromByteText(token)));
  const marks = concatenate(file.addedTokens.map((token) => encoder.encode(token.content)));
  const merges = new Uint32Array(file.merges.length * 3);
  file.merges.forEach(([left, right], rank) => {
    merges.set([ids.get(left)!, ids.get(right)!, ids.get(left + right)!], rank * 3);
  });
  try {
    const kernel = new kernels.BytePairTokenizer(
      tokens.bytes,
      tokens.lengths,
      Uint32Array.from(plain, ([, id]) => id),
      merges,
      marks.bytes,
      marks.lengths,
      Uint32Array.from(file.addedTokens, (token) => token.id),
      Uint8Array.from(file.addedTokens, (token) => Number(token.special)),
      file.split,
      file.ignoreMerges,
    );
    return wrap(kernels, kernel, json);
  } catch (cause) {
    throw new EddyError("tokenizer_invalid", `Cannot load tokenizer: ${(cause as Error).message}`, { cause });
  }
}

function concatenate(parts: readonly Uint8Array[]): { bytes: Uint8Array; lengths: Uint32Array } {
  const lengths = Uint32Array.from(parts, (part) => part.length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, lengths };
}

function wrap(kernels: Kernels, kernel: InstanceType<Kernels["BytePairTokenizer"]>, json: string): Tokenizer {
  const vocabularySize = kernel.size;
  const decoder = new TextDecoder();
  const token = (id: number): string => decoder.decode(kernel.tokenBytes(id));
  let idOf: Map<string, number> | undefined;
  return {
    vocabularySize,
    encode: (text, options = {}) => kernel.encode(text, options.parseSpecial ?? false),
    encodeWithOffsets(text, options = {}): EncodedText {
      const columns = kernel.encodeWithOffsets(text, options.parseSpecial ?? false);
      const count = columns.length / 3;
      return { ids: columns.slice(0, count), offsets: columns.slice(count) };
    },
    decode: (ids, options = {}) => kernel.decode(Uint32Array.from(ids), options.skipSpecial ?? false),
    stream(): TextStream {
      const stream = new kernels.CharacterStream();
      return {
        push: (id) => stream.push(kernel, id),
        finish: () => stream.finish(),
        [Symbol.dispose]: () => stream.free(),
      };
    },
    token,
    tokenId(text): number | undefined {
      idOf ??= new Map(Array.from({ length: vocabularySize }, (_, id) => [token(id), id] as const).reverse());
      return text === "" ? undefined : idOf.get(text);
    },
    toJson: () => json,
    [Symbol.dispose]: () => kernel.free(),
  };
}
