import type { Constraint } from "../../language/mod.ts";
import type { SpecialTokens } from "./special_tokens.ts";

/** Any text, closed by the end token; the tokens that open a turn are not text. */
export function freeConstraint(vocabularySize: number, special: SpecialTokens): Constraint {
  const words = Math.ceil(vocabularySize / 32);
  const masks = new Uint32Array(2 * words);
  const openers = new Set(Object.values(special.roles));
  for (let token = 0; token < vocabularySize; token++) {
    if (!openers.has(token)) masks[token >> 5] |= 1 << (token & 31);
  }
  return {
    vocabularySize,
    masks,
    allowedCounts: Uint32Array.of(vocabularySize - openers.size, 0),
    next(state, token): number {
      if (state !== 0 || token >= vocabularySize || openers.has(token)) {
        throw new RangeError(`Cannot write the token ${token}: it is not text`);
      }
      return token === special.end ? 1 : 0;
    },
    forced: () => -1,
  };
}
