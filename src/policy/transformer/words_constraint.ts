import { EddyError } from "../../errors.ts";
import type { Constraint, Tokenizer } from "../../language/mod.ts";
import { specialTokens } from "./special_tokens.ts";

/**
 * Any sequence of the given words, each a single token, closed by the end token.
 *
 * @throws {EddyError} `tokenizer_invalid` If a word is not one token of the tokenizer.
 */
export function wordsConstraint(tokenizer: Tokenizer, words: readonly string[]): Constraint {
  const { vocabularySize } = tokenizer;
  const { end } = specialTokens(tokenizer);
  const allowed = new Set([end, ...words.map((word) => wordToken(tokenizer, word))]);
  const masks = new Uint32Array(2 * Math.ceil(vocabularySize / 32));
  for (const token of allowed) masks[token >> 5] |= 1 << (token & 31);
  return {
    vocabularySize,
    masks,
    allowedCounts: Uint32Array.of(allowed.size, 0),
    next(state, token): number {
      if (state === 0 && allowed.has(token)) return token === end ? 1 : 0;
      throw new RangeError(`Cannot write the token ${token}: it is none of the words`);
    },
    forced: () => -1,
  };
}

function wordToken(tokenizer: Tokenizer, word: string): number {
  const token = tokenizer.tokenId(word);
  if (token !== undefined) return token;
  throw new EddyError("tokenizer_invalid", `Cannot write the word '${word}': the tokenizer has no such token`);
}
