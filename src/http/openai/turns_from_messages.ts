import type { Turn } from "../../episode/mod.ts";
import { formatToolCall, type ToolCall } from "../../language/mod.ts";
import type { Message } from "./messages.ts";

/**
 * Reads a conversation in OpenAI's form as turns: one turn for each message, in order.
 *
 * ```text
 * system, developer   system      text
 * user                user        text
 * assistant           assistant   text, then each of its calls as the agent wrote it, one a line
 * tool                tool        text
 * ```
 *
 * A call that an agent made comes back as the very text of its action, so that an episode that goes through a client
 * gives the same context, and the same log-probabilities, as one that does not. Pieces of text are joined by line ends.
 */
export function turnsFromMessages(messages: readonly Message[]): Turn[] {
  return messages.map((message) => {
    switch (message.role) {
      case "developer":
        return { role: "system", text: textOf(message.content) };
      case "assistant":
        return { role: "assistant", text: assistantText(message) };
      default:
        return { role: message.role, text: textOf(message.content) };
    }
  });
}

type Content = Message["content"];

function textOf(content: Content): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => part.type === "text" ? part.text : part.refusal).join("\n");
}

function assistantText(message: Extract<Message, { role: "assistant" }>): string {
  const said = textOf(message.content) || (message.refusal ?? "");
  const calls = (message.tool_calls ?? []).map((call) => callText(call.function));
  return [...(said === "" ? [] : [said]), ...calls].join("\n");
}

/** Calls that no agent of Eddy's can have made keep their arguments as they were written. */
function callText({ name, arguments: written }: { readonly name: string; readonly arguments: string }): string {
  let values: unknown;
  try {
    values = JSON.parse(written);
  } catch {
    values = undefined; // the words of another model: kept as they are
  }
  if (isFlat(values)) return formatToolCall({ name, arguments: values });
  return `<tool_call>{"name": ${JSON.stringify(name)}, "arguments": ${written}}</tool_call>`;
}

function isFlat(values: unknown): values is ToolCall["arguments"] {
  return typeof values === "object" && values !== null && !Array.isArray(values) &&
    Object.values(values).every((value) => typeof value === "string" || typeof value === "number");
}
