import type { InfillTokens } from "./chain_options.ts";
import type { Tokenizer } from "./tokenizer.ts";

/**
 * A tokenizer's tokens for the sampler step infill.
 *
 * @param ends Tokens that end a text, the one for the end of a turn first.
 * @throws {RangeError} If there are none.
 */
export function infillTokens(tokenizer: Tokenizer, ends: readonly number[]): InfillTokens {
  if (ends.length === 0) throw new RangeError("Cannot sample: the step 'infill' needs a token that ends a text");
  const tokens = Array.from({ length: tokenizer.vocabularySize }, (_, id) => tokenizer.tokenBytes(id));
  const lengths = Uint32Array.from(tokens, (bytes) => bytes.length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const own of tokens) {
    bytes.set(own, at);
    at += own.length;
  }
  return { bytes, lengths, ends: Uint32Array.from(ends) };
}
