import type { ChatCompletionChunk, EddyAnswer } from "../openai/mod.ts";
import { messageId, reasonsOf, usageOf } from "./message_from_chat.ts";
import type { MessageAnswer } from "./message_response.ts";

/** One event of a streamed message: its name is its `type`. */
export type MessageEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

/** The block that is being told. */
interface OpenBlock {
  readonly index: number;
  readonly kind: "text" | "tool_use";
  /** Place of the call among the answer's calls. */
  readonly call?: number;
}

/**
 * The chunks of a chat completion as the events of a message.
 *
 * ```text
 * message_start, then for each text or call: content_block_start, content_block_delta …, content_block_stop,
 * then message_delta with reason and usage, message_stop
 * ```
 */
export async function* messageEvents(
  chunks: AsyncIterable<ChatCompletionChunk>,
): AsyncGenerator<MessageEvent, void, undefined> {
  let open: OpenBlock | undefined;
  let blocks = 0;
  let begun = false;
  let reasons: Pick<MessageAnswer, "stop_reason" | "stop_sequence"> = { stop_reason: null, stop_sequence: null };
  let usage: MessageAnswer["usage"] | undefined;
  let eddy: EddyAnswer | undefined;

  function* close(): Generator<MessageEvent> {
    if (open) yield { type: "content_block_stop", index: open.index };
    open = undefined;
  }
  function* begin(block: Record<string, unknown>, kind: OpenBlock["kind"], call?: number): Generator<MessageEvent> {
    yield* close();
    open = { index: blocks++, kind, call };
    yield { type: "content_block_start", index: open.index, content_block: block };
  }
  const told = (delta: Record<string, unknown>): MessageEvent => (
    { type: "content_block_delta", index: open!.index, delta }
  );

  for await (const chunk of chunks) {
    if (!begun) yield started(chunk);
    begun = true;
    eddy = chunk.eddy ?? eddy;
    if (chunk.usage) usage = usageOf(chunk.usage);
    const [choice] = chunk.choices;
    if (!choice) continue;
    const { delta, finish_reason: finish, stop_reason: stop } = choice;
    if (delta.content) {
      if (open?.kind !== "text") yield* begin({ type: "text", text: "" }, "text");
      yield told({ type: "text_delta", text: delta.content });
    }
    for (const { index, id, function: { name, arguments: written } } of delta.tool_calls ?? []) {
      if (id !== undefined) yield* begin({ type: "tool_use", id, name: name ?? "", input: {} }, "tool_use", index);
      if (written !== "" && open?.call === index) yield told({ type: "input_json_delta", partial_json: written });
    }
    if (finish) reasons = reasonsOf(finish, stop);
    eddy = choice.eddy ?? eddy;
  }
  yield* close();
  yield { type: "message_delta", delta: reasons, usage: usage ?? { output_tokens: 0 }, eddy };
  yield { type: "message_stop" };
}

/** What was read is known at the end: `message_delta` tells it. */
function started({ id, model }: ChatCompletionChunk): MessageEvent {
  return {
    type: "message_start",
    message: {
      id: messageId(id),
      type: "message",
      role: "assistant",
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 0, output_tokens: 0 },
    },
  };
}
