/** A call of a function with its arguments. */
export interface ToolCall {
  /** Name of the tool. */
  readonly name: string;
  /** Values by argument name, in the order they are written. */
  readonly arguments: Readonly<Record<string, string | number>>;
}

/**
 * Writes a call in the usual form: `<tool_call>{"name": "NAME", "arguments": {"a": "v", "n": 3}}</tool_call>`.
 *
 * @example
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { formatToolCall, parseToolCall } from "@eddy/eddy";
 * const text = formatToolCall({ name: "ship", arguments: { order: "O12", boxes: 3 } });
 * ok(text === '<tool_call>{"name": "ship", "arguments": {"order": "O12", "boxes": 3}}</tool_call>');
 * ok(parseToolCall(text)?.arguments.boxes === 3);
 * ```
 */
export function formatToolCall(call: ToolCall): string {
  const written = Object.entries(call.arguments).map(([name, value]) =>
    `${JSON.stringify(name)}: ${JSON.stringify(value)}`
  );
  return `<tool_call>{"name": ${JSON.stringify(call.name)}, "arguments": {${written.join(", ")}}}</tool_call>`;
}

/** Reads the first call in a text, in any white space; undefined when there is none or it is malformed. */
export function parseToolCall(text: string): ToolCall | undefined {
  const start = text.indexOf("<tool_call>");
  const end = text.indexOf("</tool_call>", start);
  if (start < 0 || end < 0) return undefined;
  let call: unknown;
  try {
    call = JSON.parse(text.slice(start + "<tool_call>".length, end));
  } catch {
    return undefined; // malformed calls are ordinary words of an agent
  }
  if (!isRecord(call) || typeof call.name !== "string" || !isRecord(call.arguments)) return undefined;
  const values = Object.values(call.arguments);
  if (!values.every((value) => typeof value === "string" || typeof value === "number")) return undefined;
  return { name: call.name, arguments: call.arguments as ToolCall["arguments"] };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
