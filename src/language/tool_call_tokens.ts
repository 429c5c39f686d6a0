import type { Tool } from "../episode/mod.ts";
import { toolGrammar } from "./_tool_grammar.ts";

/**
 * The fixed texts of the tools' calls that are worth one token each: everything from `<tool_call>` to the first open
 * value, what stands between two values, and the end. A call then costs one token for each of its values' digits or
 * words, and one around each value: choosing a tool is one choice of one token.
 */
export function toolCallTokens(tools: readonly Tool[]): string[] {
  return [...new Set(tools.flatMap((tool) => toolGrammar(tool).literals))];
}
