import type { WrittenCall } from "./call_scanner.ts";
import type { ToolCallFamilyName } from "./tool_call_family.ts";
import { toolCallStream } from "./tool_call_stream.ts";

/** An answer taken apart. */
export interface ParsedAnswer {
  /** What is no call, without white space around it. A malformed call is ordinary words. */
  readonly content: string;
  /** In the order in which they stand. */
  readonly calls: readonly WrittenCall[];
}

/**
 * Reads all calls of tools in an answer.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { parseToolCalls } from "@eddy/eddy";
 * deepEqual(parseToolCalls('[TOOL_CALLS][{"name": "add", "arguments": {"a": 1}}]', "mistral"), {
 *   content: "",
 *   calls: [{ name: "add", arguments: { a: 1 } }],
 * });
 * ```
 */
export function parseToolCalls(text: string, family: ToolCallFamilyName): ParsedAnswer {
  const stream = toolCallStream(family);
  const calls: WrittenCall[] = [];
  let content = "";
  for (const delta of [...stream.push(text), ...stream.finish()]) {
    if (delta.kind === "content") content += delta.text;
    if (delta.kind !== "end") continue;
    if (delta.call) calls.push(delta.call);
    else content += delta.text;
  }
  return { content: content.trim(), calls };
}
