/**
 * A stream of server-sent events: each chunk as one `data:` line of JSON, then `data: [DONE]`. Chunks are written as they
 * are read, so that a slow client holds nothing but its own.
 */
export function eventStream(chunks: readonly unknown[], headers: Readonly<Record<string, string>>): Response {
  const encoder = new TextEncoder();
  const events = [...chunks.map((chunk) => JSON.stringify(chunk)), "[DONE]"].values();
  const body = new ReadableStream<Uint8Array>({
    pull(controller): void {
      const next = events.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(`data: ${next.value}\n\n`));
    },
  });
  return new Response(body, {
    headers: { ...headers, "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" },
  });
}
