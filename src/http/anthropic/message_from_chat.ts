import type { ChatCompletion } from "../openai/mod.ts";
import type { MessageAnswer } from "./message_response.ts";

/** A chat completion in Anthropic's form. Arguments that are no JSON object are told as words: they cannot be an input. */
export function messageFromChat({ id, model, choices, usage, eddy }: ChatCompletion): MessageAnswer {
  const [{ message, finish_reason: finish, stop_reason: stop }] = choices;
  const calls = (message.tool_calls ?? []).map((call): MessageAnswer["content"][number] => {
    const { id, function: { name, arguments: written } } = call;
    const input = objectOf(written);
    return input ? { type: "tool_use", id, name, input } : { type: "text", text: written };
  });
  const text = message.content ?? "";
  return {
    id: messageId(id),
    type: "message",
    role: "assistant",
    model,
    content: [...(text === "" && calls.length > 0 ? [] : [{ type: "text" as const, text }]), ...calls],
    ...reasonsOf(finish, stop),
    usage: usageOf(usage),
    eddy,
  };
}

/** `chatcmpl-…` as `msg_…`. */
export function messageId(id: string): string {
  return `msg_${id.replace(/^chatcmpl-/, "")}`;
}

/** Why an answer ended, in Anthropic's words. */
export function reasonsOf(
  finish: ChatCompletion["choices"][number]["finish_reason"] | null,
  stop: string | undefined,
): Pick<MessageAnswer, "stop_reason" | "stop_sequence"> {
  if (stop !== undefined) return { stop_reason: "stop_sequence", stop_sequence: stop };
  const reasons = { stop: "end_turn", length: "max_tokens", tool_calls: "tool_use" } as const;
  return { stop_reason: finish && reasons[finish], stop_sequence: null };
}

/** What was used, in Anthropic's words: tokens that were known already are counted apart. */
export function usageOf(
  { prompt_tokens: read, completion_tokens: written, prompt_tokens_details: details }: ChatCompletion["usage"],
): MessageAnswer["usage"] {
  const cached = details?.cached_tokens ?? 0;
  return {
    input_tokens: read - cached,
    output_tokens: written,
    ...(details && { cache_read_input_tokens: cached }),
  };
}

function objectOf(written: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(written);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
