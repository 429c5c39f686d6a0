import type { ChatMessage } from "../../../language/mod.ts";
import type { Message } from "../messages.ts";

/**
 * A conversation as chat templates read it: `developer` is `system`, pieces of text are one text, and the arguments of calls
 * are values and not the JSON of them.
 */
export function templateMessages(messages: readonly Message[]): ChatMessage[] {
  return messages.map((message): ChatMessage => {
    const content = textOf(message.content);
    switch (message.role) {
      case "developer":
      case "system":
        return { role: "system", content };
      case "user":
        return { role: "user", content };
      case "tool":
        return { role: "tool", content, tool_call_id: message.tool_call_id };
      case "assistant": {
        const said = content || (message.refusal ?? "");
        if (!message.tool_calls) return { role: "assistant", content: said };
        const calls = message.tool_calls.map(({ id, type, function: { name, arguments: written } }) => (
          { id, type, function: { name, arguments: valuesOf(written) } }
        ));
        return { role: "assistant", content: said, tool_calls: calls };
      }
    }
  });
}

function textOf(content: Message["content"]): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => part.type === "text" ? part.text : part.refusal).join("\n");
}

function valuesOf(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return written; // the words of a model that wrote no JSON
  }
}
