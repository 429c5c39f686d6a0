import type { InfillTokens } from "./chain_options.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { vocabularyBytes } from "./vocabulary_bytes.ts";

/**
 * A tokenizer's tokens for the sampler step infill.
 *
 * @param ends Tokens that end a text, the one for the end of a turn first.
 * @throws {RangeError} If there are none.
 */
export function infillTokens(tokenizer: Tokenizer, ends: readonly number[]): InfillTokens {
  if (ends.length === 0) throw new RangeError("Cannot sample: the step 'infill' needs a token that ends a text");
  return { ...vocabularyBytes(tokenizer), ends: Uint32Array.from(ends) };
}
