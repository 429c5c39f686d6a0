import { invalidConstraint } from "./invalid_constraint.ts";

/**
 * A grammar in the syntax of Lark of the texts that match one expression.
 *
 * @param mayBeEmpty The expression matches the empty text: a terminal never does, so that stands beside it.
 */
export function wholeText(source: string, mayBeEmpty: boolean): string {
  if (source === "") throw invalidConstraint("only the empty text is allowed");
  return `start: TEXT${mayBeEmpty ? "?" : ""}\nTEXT: /${source}/ & /(?s:.)+/`;
}
