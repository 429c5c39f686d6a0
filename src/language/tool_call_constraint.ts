import type { Tool } from "../episode/mod.ts";
import { toolsGrammar } from "./_tool_grammar.ts";
import { finiteConstraint } from "./finite_constraint.ts";
import type { Constraint } from "./constraint.ts";
import type { Tokenizer } from "./tokenizer.ts";

/**
 * Allows exactly the calls that satisfy the tools' schemas, as {@linkcode formatToolCall} writes them, with the
 * arguments in the order of the schema. Build it once for a list of tools.
 *
 * With a tokenizer that has {@linkcode toolCallTokens} among its added tokens the allowed tokens of a call are exactly
 * those that the tokenizer gives for its text.
 *
 * @throws {RangeError} If there are no tools, two have one name, or a schema allows nothing.
 *
 * @example
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { loadKernels, toolCallConstraint, toolCallTokens, trainTokenizer } from "@eddy/eddy";
 * const tools = [{
 *   name: "ship",
 *   description: "Ships an order.",
 *   parameters: { type: "object", properties: { order: { type: "string", pattern: "^O[0-9]{2}$" } } },
 * }] as const;
 * const kernels = await loadKernels();
 * using tokenizer = trainTokenizer(kernels, [], { vocabularySize: 300, addedTokens: toolCallTokens(tools) });
 * const constraint = toolCallConstraint(tokenizer, tools);
 * const call = '<tool_call>{"name": "ship", "arguments": {"order": "O42"}}</tool_call>';
 * let state = 0;
 * for (const token of tokenizer.encode(call)) state = constraint.next(state, token);
 * ok(constraint.allowedCounts[state] === 0);
 * ```
 */
export function toolCallConstraint(tokenizer: Tokenizer, tools: readonly Tool[]): Constraint {
  if (new Set(tools.map((tool) => tool.name)).size < tools.length) {
    throw new RangeError("Cannot constrain tool calls: two tools have the same name");
  }
  return finiteConstraint(tokenizer, toolsGrammar(tools));
}
