import type { Tool, ToolParameter } from "../../../episode/mod.ts";
import type { Call } from "./call.ts";

/**
 * Reads a tool call, or says in an error message what is wrong with it. Never throws.
 *
 * @param tools By name.
 */
export function parseCall(action: string, tools: ReadonlyMap<string, { readonly tool: Tool }>): Call | string {
  const start = action.indexOf("<tool_call>");
  const end = action.indexOf("</tool_call>", start);
  if (start < 0 || end < 0) return "error: write one tool call";
  let written: unknown;
  try {
    written = JSON.parse(action.slice(start + "<tool_call>".length, end));
  } catch {
    return "error: the call is not JSON";
  }
  if (!isRecord(written) || typeof written.name !== "string" || !isRecord(written.arguments)) {
    return "error: a call needs name and arguments";
  }
  const tool = tools.get(written.name)?.tool;
  if (!tool) return "error: no such tool";
  const ordered: Record<string, string | number> = {};
  let count = 0;
  for (const [key, parameter] of Object.entries(tool.parameters.properties)) {
    if (!Object.hasOwn(written.arguments, key)) return `error: ${key} is missing`;
    const value = written.arguments[key];
    if (!isAllowed(value, parameter)) return `error: ${key} is not valid`;
    ordered[key] = value;
    count++;
  }
  if (Object.keys(written.arguments).length > count) return "error: too many arguments";
  return { name: written.name, arguments: ordered };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isAllowed(value: unknown, parameter: ToolParameter): value is string | number {
  if (parameter.type === "integer") {
    return Number.isInteger(value) && Number(value) >= parameter.minimum && Number(value) <= parameter.maximum;
  }
  if (typeof value !== "string") return false;
  return "enum" in parameter ? parameter.enum.includes(value) : new RegExp(parameter.pattern).test(value);
}
