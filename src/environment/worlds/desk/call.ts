/** One use of a tool. Arguments stand in the order of the tool's schema. */
export interface Call {
  readonly name: string;
  readonly arguments: Readonly<Record<string, string | number>>;
}

/**
 * Writes a call as agents do.
 *
 * ```ts
 * import { strict as assert } from "node:assert";
 * const text = formatCall({ name: "get_order", arguments: { order_id: "O482" } });
 * assert.equal(text, '<tool_call>{"name": "get_order", "arguments": {"order_id": "O482"}}</tool_call>');
 * ```
 */
export function formatCall(call: Call): string {
  let text = "";
  for (const key in call.arguments) {
    const value = call.arguments[key];
    text += `${text ? ", " : ""}"${key}": ${typeof value === "number" ? value : `"${value}"`}`;
  }
  return `<tool_call>{"name": "${call.name}", "arguments": {${text}}}</tool_call>`;
}
