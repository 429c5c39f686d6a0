import type { Tokenizer } from "./tokenizer.ts";

/** What llama.cpp breaks repetitions at. */
const DEFAULT_TEXTS: readonly string[] = ["\n", ":", '"', "*"];
/** Longer texts are cut, as are the tokens that they may end with. */
const LONGEST_TEXT = 40;
const MOST_TAIL_TOKENS = 20;

/**
 * The sequences of ids that hold a breaking text, for the sampler step dry: every token with the text inside, and every
 * token that ends with its beginning, followed by the tokens of its rest.
 *
 * @param texts Default line end, colon, quotation mark and asterisk.
 */
export function dryBreakers(tokenizer: Tokenizer, texts: readonly string[] = DEFAULT_TEXTS): number[][] {
  const found: number[][] = [];
  for (const whole of texts) {
    const text = whole.slice(0, LONGEST_TEXT);
    if (text === "") continue;
    const tails = new Map<number, number[]>();
    for (let id = 0; id < tokenizer.vocabularySize; id++) {
      const token = tokenizer.token(id);
      if (token.includes(text)) {
        found.push([id]);
        continue;
      }
      for (let length = Math.min(token.length, text.length - 1); length > 0; length--) {
        if (!token.endsWith(text.slice(0, length))) continue;
        let tail = tails.get(length);
        if (!tail) tails.set(length, tail = [...tokenizer.encode(text.slice(length))].slice(0, MOST_TAIL_TOKENS));
        found.push([id, ...tail]);
      }
    }
  }
  return found;
}
