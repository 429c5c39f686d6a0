import { escapeHtml } from "./escape_html.ts";

/** An action as people read it: a tool call as `name(argument: value)`, anything else as it was written. */
export function actionHtml(action: string): string {
  const call = readCall(action);
  if (!call) return escapeHtml(action.trim() || "(nothing)");
  const inner = Object.entries(call.arguments).map(([key, value]) =>
    `<span class="key">${escapeHtml(key)}:</span>&#160;<span class="value">${escapeHtml(JSON.stringify(value))}</span>`
  ).join(", ");
  return `<b>${escapeHtml(call.name)}</b>(${inner})`;
}

interface ToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** Finds `{"name": …, "arguments": {…}}` in what was written, with or without tags around it. */
function readCall(action: string): ToolCall | undefined {
  const [begin, end] = [action.indexOf("{"), action.lastIndexOf("}")];
  if (begin < 0 || end < begin) return undefined;
  try {
    const call = JSON.parse(action.slice(begin, end + 1)) as Partial<ToolCall>;
    const complete = typeof call.name === "string" && typeof call.arguments === "object" && call.arguments !== null;
    return complete ? call as ToolCall : undefined;
  } catch {
    return undefined; // not a call: shown as it is
  }
}
