/** One server-sent event, or `undefined` for a comment. */
export type ServerEvent = { readonly event: string; readonly text: string } | undefined;

/**
 * The events of a stream, until it ends or `signal` is aborted. @throws {Error} If it is silent for `silenceMs`.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const cancel = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener("abort", cancel);
  let rest = "";
  try {
    while (true) {
      const { done, value } = await readWithin(reader, silenceMs);
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).replaceAll("\r\n", "\n").split("\n\n");
      rest = blocks.pop()!;
      for (const block of blocks) yield parseBlock(block);
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    await reader.cancel().catch(() => undefined);
  }
}

async function readWithin<T>(reader: ReadableStreamDefaultReader<T>, milliseconds: number): Promise<{
  done: boolean;
  value?: T;
}> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing was heard for ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([reader.read(), silence]);
  } finally {
    clearTimeout(timer);
  }
}

function parseBlock(block: string): ServerEvent {
  let event = "message";
  const lines: string[] = [];
  for (const line of block.split("\n")) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line)!;
    if (field === "event") event = value;
    if (field === "data") lines.push(value);
  }
  return lines.length ? { event, text: lines.join("\n") } : undefined;
}
