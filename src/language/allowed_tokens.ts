import type { Constraint } from "./constraint.ts";

/**
 * The tokens that a state allows, as {@linkcode sampleToken} takes them: a view of the constraint's table.
 *
 * @returns [ceil(vocabularySize / 32)] bit `t % 32` of word `t >> 5` is set when token `t` is allowed.
 */
export function allowedTokens(constraint: Constraint, state: number): Uint32Array {
  const words = Math.ceil(constraint.vocabularySize / 32);
  const row = constraint.row?.(state) ?? state;
  return constraint.masks.subarray(row * words, (row + 1) * words);
}
