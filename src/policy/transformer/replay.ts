import type { Constraint } from "../../language/mod.ts";

/**
 * What the transformer keeps of a decision to see the same choices again.
 *
 * `masks` is the constraint's own table, shared by all decisions under it: a structured clone of many decisions copies it
 * once.
 */
export interface TransformerReplay {
  /** Empty: every token was allowed. */
  readonly masks: Uint32Array;
  /** Words of one row of `masks`. */
  readonly words: number;
  /** [chosen tokens] row of `masks` under which each was sampled. */
  readonly states: Uint32Array;
  readonly temperature: number;
  /** Tokens of the action before its first choice: the value is read there, just before choosing. */
  readonly forcedPrefix: number;
}

/** Words of one row of a constraint's masks. */
export function maskWords(constraint: Constraint): number {
  return Math.ceil(constraint.vocabularySize / 32);
}
