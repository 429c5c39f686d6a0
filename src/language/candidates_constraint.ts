import { finiteConstraint } from "./finite_constraint.ts";
import type { Constraint } from "./constraint.ts";
import { choice, text } from "./grammar.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** How candidates are written. */
export interface CandidatesConstraintOptions {
  /** Text after every candidate, needed where one is the beginning of another. Default none. */
  readonly end?: string;
}

/**
 * Allows exactly the listed texts.
 *
 * @throws {RangeError} If there are none, or one is the beginning of another and no `end` is given.
 */
export function candidatesConstraint(
  tokenizer: Tokenizer,
  candidates: readonly string[],
  options: CandidatesConstraintOptions = {},
): Constraint {
  const { end = "" } = options;
  return finiteConstraint(tokenizer, choice(...candidates.map((candidate) => text(candidate + end))));
}
