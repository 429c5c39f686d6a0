import { nearest } from "../../nearest.ts";
import type { ChatRequest } from "./chat_request.ts";
import { invalidParameter } from "./invalid_parameter.ts";

type RequestTool = NonNullable<ChatRequest["tools"]>[number];

/**
 * The request's tools that `tool_choice` leaves.
 *
 * @throws {OpenAiError} 400 If two have one name, or the choice names one that is not there.
 */
export function allowedTools(
  { tools = [], tool_choice: choice }: Pick<ChatRequest, "tools" | "tool_choice">,
): readonly RequestTool[] {
  const names = tools.map((tool) => tool.function.name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw invalidParameter("tools", `Cannot call: there are two tools named '${twice}'`);
  if (choice === "none") return [];
  if (choice === "required" && tools.length === 0) {
    throw invalidParameter("tool_choice", "Cannot call: `tool_choice` needs `tools`");
  }
  if (choice === undefined || typeof choice === "string") return tools;
  const wanted = choice.type === "function" ? [choice] : choice.allowed_tools.tools;
  return wanted.map(({ function: { name } }) => {
    const tool = tools.find((tool) => tool.function.name === name);
    if (tool) return tool;
    const guess = nearest(name, names);
    const hint = guess === undefined ? "`tools` lists none" : `did you mean '${guess}'?`;
    throw invalidParameter("tool_choice", `Cannot call '${name}': there is no such tool; ${hint}`);
  });
}
