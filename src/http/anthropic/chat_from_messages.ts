import type { AskedMessage, MessagesRequest } from "./messages_request.ts";

/**
 * A request in Anthropic's form as the body of a chat completion.
 *
 * ```text
 * system                          a first message of the role
 * tool_use in an assistant's      its tool_calls, arguments as JSON
 * tool_result in a user's         a message of role `tool` each, before what the user says
 * tool_choice any | tool          required | that function
 * stop_sequences                  stop
 * output_config.format            response_format
 * ```
 */
export function chatFromMessages(request: MessagesRequest): Record<string, unknown> {
  const { system, messages, tools, tool_choice: choice, stop_sequences: stop, stream, eddy } = request;
  const format = request.output_config?.format;
  const single = choice && "disable_parallel_tool_use" in choice ? choice.disable_parallel_tool_use : undefined;
  return without({
    model: request.model,
    messages: [
      ...(system === undefined ? [] : [{ role: "system", content: textOf(system) }]),
      ...messages.flatMap(chatMessages),
    ],
    max_tokens: request.max_tokens,
    temperature: request.temperature,
    top_p: request.top_p,
    top_k: request.top_k,
    stop: stop && stop.length > 0 ? stop : undefined,
    tools: tools?.map(({ name, description, input_schema: parameters, strict }) => (
      { type: "function", function: without({ name, description, parameters, strict }) }
    )),
    tool_choice: toolChoice(choice),
    parallel_tool_calls: single === true ? false : undefined,
    response_format: format && { type: "json_schema", json_schema: { name: "answer", schema: format.schema } },
    stream,
    stream_options: stream ? { include_usage: true } : undefined,
    eddy,
  });
}

type Blocks = Exclude<AskedMessage["content"], string>;

function chatMessages({ role, content }: AskedMessage): Record<string, unknown>[] {
  const blocks: Blocks = typeof content === "string" ? [{ type: "text", text: content }] : content;
  const said = blocks.flatMap((block) => block.type === "text" ? [block.text] : []).join("\n");
  if (role === "assistant") {
    const calls = blocks.flatMap((block) =>
      block.type === "tool_use"
        ? [{ id: block.id, type: "function", function: { name: block.name, arguments: JSON.stringify(block.input) } }]
        : []
    );
    return [without({ role, content: said, tool_calls: calls.length > 0 ? calls : undefined })];
  }
  if (role === "system") return [{ role, content: said }];
  const results = blocks.flatMap((block) =>
    block.type === "tool_result"
      ? [{ role: "tool", tool_call_id: block.tool_use_id, content: textOf(block.content ?? "") }]
      : []
  );
  const spoke = blocks.some(({ type }) => type === "text");
  return [...results, ...(spoke ? [{ role, content: said }] : [])];
}

function toolChoice(choice: MessagesRequest["tool_choice"]): unknown {
  switch (choice?.type) {
    case "any":
      return "required";
    case "tool":
      return { type: "function", function: { name: choice.name } };
    default:
      return choice?.type;
  }
}

function textOf(content: string | readonly { readonly text: string }[]): string {
  return typeof content === "string" ? content : content.map(({ text }) => text).join("\n");
}

function without(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
