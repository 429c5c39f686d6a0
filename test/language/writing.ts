import { allowedTokens, type Constraint, type Tokenizer } from "../../src/language/mod.ts";

/** Whether a token may be written in a state. */
export function allows(constraint: Constraint, state: number, token: number): boolean {
  return (allowedTokens(constraint, state)[token >> 5] >>> (token & 31) & 1) === 1;
}

/** The tokens that may be written in a state. */
export function allowedIn(constraint: Constraint, state: number): number[] {
  const mask = allowedTokens(constraint, state);
  return Array.from({ length: constraint.vocabularySize }, (_, token) => token)
    .filter((token) => mask[token >> 5] >>> (token & 31) & 1);
}

/** The state after tokens, or undefined where one may not be written. */
export function after(constraint: Constraint, tokens: Iterable<number>): number | undefined {
  let state = 0;
  for (const token of tokens) {
    if (!allows(constraint, state, token)) return undefined;
    state = constraint.next(state, token);
  }
  return state;
}

/**
 * Tokens at random up to the end token, or undefined where there is none within `limit`.
 *
 * @param often Texts of tokens that are taken in three of ten cases where they may.
 */
export function someTokens(
  constraint: Constraint,
  { tokenizer, endToken, random, limit, often = [] }: {
    readonly tokenizer: Tokenizer;
    readonly endToken: number;
    readonly random: () => number;
    readonly limit: number;
    readonly often?: readonly string[];
  },
): number[] | undefined {
  const tokens: number[] = [];
  let state = 0;
  while (tokens.length < limit) {
    const all = allowedIn(constraint, state);
    const wanted = all.filter((token) => token === endToken || often.includes(tokenizer.token(token)));
    const from = wanted.length > 0 && random() < 0.3 ? wanted : all;
    const token = from[Math.floor(random() * from.length)];
    state = constraint.next(state, token);
    if (token === endToken) return tokens;
    tokens.push(token);
  }
  return undefined;
}
