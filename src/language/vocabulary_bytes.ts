import type { Tokenizer } from "./tokenizer.ts";

/** The bytes of all tokens. */
export interface VocabularyBytes {
  /** One after the other. */
  readonly bytes: Uint8Array;
  /** [tokens] how many bytes each has. */
  readonly lengths: Uint32Array;
}

const known = new WeakMap<Tokenizer, VocabularyBytes>();

/** The bytes that each token adds to a text, found once for a tokenizer. */
export function vocabularyBytes(tokenizer: Tokenizer): VocabularyBytes {
  let found = known.get(tokenizer);
  if (found) return found;
  const tokens = Array.from({ length: tokenizer.vocabularySize }, (_, id) => tokenizer.tokenBytes(id));
  const lengths = Uint32Array.from(tokens, (bytes) => bytes.length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const own of tokens) {
    bytes.set(own, at);
    at += own.length;
  }
  known.set(tokenizer, found = { bytes, lengths });
  return found;
}
