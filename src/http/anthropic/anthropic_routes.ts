import { type Context, Hono } from "hono";
import type { AppDependencies } from "../app_dependencies.ts";
import type { AppEnvironment } from "../app_environment.ts";
import {
  answerChatBody,
  type ChatCompletion,
  type ChatCompletionChunk,
  countPrompt,
  readObject,
  type SignReceipt,
} from "../openai/mod.ts";
import { requireScope } from "../require_scope.ts";
import { anthropicErrorAnswer, anthropicErrorBody } from "./anthropic_error.ts";
import { chatFromMessages } from "./chat_from_messages.ts";
import { messageEvents } from "./message_events.ts";
import { messageFromChat } from "./message_from_chat.ts";
import { CountTokensRequest, MessagesRequest } from "./messages_request.ts";

/**
 * `/v1/messages`, with which official Anthropic clients work unchanged: each request is put as a chat completion and the
 * answer back into Anthropic's form, so that steps, receipts and refusals are those of `/v1/chat/completions`. The key may be
 * in `x-api-key`.
 */
export function anthropicRoutes(deps: AppDependencies, sign: SignReceipt): Hono<AppEnvironment> {
  const app = new Hono<AppEnvironment>();
  app.post("/v1/messages", requireScope("decide"), async (c) => {
    const request = MessagesRequest.parse(await readObject(c, deps.limits.bodyBytes));
    const answer = await answerChatBody(c as unknown as Context, deps, sign, chatFromMessages(request));
    const headers = new Headers(answer.headers);
    headers.delete("content-length");
    if (!request.stream) {
      return Response.json(messageFromChat(await answer.json() as ChatCompletion), { headers });
    }
    return new Response(eventBytes(answer.body!), { headers });
  });
  app.post("/v1/messages/count_tokens", requireScope("decide"), async (c) => {
    const request = CountTokensRequest.parse(await readObject(c, deps.limits.bodyBytes));
    const chat = chatFromMessages({ ...request, max_tokens: 1, stream: false });
    return c.json({ input_tokens: await countPrompt(deps, chat) });
  });
  app.onError((error, c) => anthropicErrorAnswer(error, c, deps.report));
  return app;
}

/** The events of a chat completion as those of a message, as they come. */
function eventBytes(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const events = messageEvents(chunksOf(body));
  return new ReadableStream({
    async pull(controller): Promise<void> {
      const next = await events.next().catch((error: unknown) => {
        const { status = 500, message } = error as { readonly status?: number; readonly message: string };
        return { done: false, value: { ...anthropicErrorBody(status, message) } } as const;
      });
      if (next.done) return controller.close();
      controller.enqueue(encoder.encode(`event: ${next.value.type}\ndata: ${JSON.stringify(next.value)}\n\n`));
    },
    async cancel(): Promise<void> {
      await events.return();
    },
  });
}

/** @throws {Error} What the stream tells in place of a chunk. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ChatCompletionChunk, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of body) {
    const events = (rest + decoder.decode(bytes, { stream: true })).split("\n\n");
    rest = events.pop()!;
    for (const event of events) {
      const written = event.slice("data: ".length);
      if (written === "[DONE]") return;
      const chunk = JSON.parse(written) as ChatCompletionChunk & { readonly error?: { readonly message: string } };
      if (chunk.error) throw new Error(chunk.error.message);
      yield chunk;
    }
  }
}
