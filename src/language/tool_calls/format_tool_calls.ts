import type { WrittenCall } from "./call_scanner.ts";
import { type ToolCallForm, type ToolCallFormName, toolCallForms, writtenName } from "./tool_call_form.ts";

/**
 * Writes calls in a form.
 *
 * @throws {RangeError} If there is none, or more than one in a form of single calls.
 *
 * @example
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { formatToolCalls } from "@eddy/eddy";
 * const calls = [{ name: "add", arguments: { a: 1, b: [2] } }];
 * ok(formatToolCalls(calls, "mistral") === '[TOOL_CALLS][{"name": "add", "arguments": {"a": 1, "b": [2]}}]');
 * ok(formatToolCalls(calls, "mistral-named") === '[TOOL_CALLS]add[ARGS]{"a": 1, "b": [2]}');
 * ```
 */
export function formatToolCalls(calls: readonly WrittenCall[], form: ToolCallForm | ToolCallFormName): string {
  const full = typeof form === "string" ? toolCallForms[form] : form;
  if (calls.length === 0 || calls.length > 1 && full.between === undefined) {
    throw new RangeError(`Cannot write ${calls.length} calls: the form has ${full.between === undefined ? 1 : "some"}`);
  }
  const written = calls.map(({ name, arguments: values, id }) => {
    const named = (after: "name" | "arguments"): string =>
      id !== undefined && full.id?.after === after ? full.id.prefix + id + full.id.suffix : "";
    return full.beforeName + writtenName(name, full) + named("name") + full.beforeArguments +
      json(values, full.separators) + named("arguments") + full.afterArguments;
  });
  return full.opening + written.join(full.between) + full.closing;
}

function json(value: unknown, separators: ToolCallForm["separators"]): string {
  const [item, key] = separators;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each) => json(each, separators)).join(item)}]`;
  const members = Object.entries(value).map(([name, each]) => JSON.stringify(name) + key + json(each, separators));
  return `{${members.join(item)}}`;
}
