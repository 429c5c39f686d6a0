/**
 * A stream of server-sent events: each chunk as one `data:` line of JSON, then `data: [DONE]`. Chunks are made as they are
 * read, so that a slow client holds nothing but its own; one that goes away ends the making.
 */
export function eventStream(
  chunks: Iterable<unknown> | AsyncIterable<unknown>,
  headers: Readonly<Record<string, string>>,
): Response {
  const encoder = new TextEncoder();
  const events = eventsOf(chunks);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller): Promise<void> {
      const next = await events.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    async cancel(): Promise<void> {
      await events.return();
    },
  });
  return new Response(body, {
    headers: { ...headers, "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" },
  });
}

async function* eventsOf(
  chunks: Iterable<unknown> | AsyncIterable<unknown>,
): AsyncGenerator<string, void, undefined> {
  for await (const chunk of chunks) yield `data: ${JSON.stringify(chunk)}\n\n`;
  yield "data: [DONE]\n\n";
}
