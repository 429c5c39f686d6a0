import { EddyError } from "../../../errors.ts";
import type { RemoteChunk } from "../wire.ts";

/**
 * The chunks of a streamed answer, up to its `[DONE]`.
 *
 * @throws {EddyError} `remote_unavailable` If the stream ends before that, or an event is not a chunk; a message that the
 * endpoint sends in place of a chunk is repeated without the key.
 */
export async function* readChunks(
  body: ReadableStream<Uint8Array>,
  hide: (text: string) => string,
): AsyncGenerator<RemoteChunk, void, undefined> {
  let rest = "";
  let finished = false;
  for await (const text of body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)) {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    for (const line of lines) {
      if (!line.startsWith("data:")) continue;
      const written = line.slice("data:".length).trim();
      if (written === "[DONE]") return;
      const chunk = chunkOf(written, hide);
      finished ||= chunk.choices.some(({ finish_reason }) => finish_reason !== null && finish_reason !== undefined);
      yield chunk;
    }
  }
  // Some endpoints close without [DONE]; an answer that told why it ended is whole.
  if (!finished) throw broken("its stream ends in the middle");
}

function chunkOf(written: string, hide: (text: string) => string): RemoteChunk {
  let chunk: RemoteChunk & { readonly error?: { readonly message?: unknown } };
  try {
    chunk = JSON.parse(written);
  } catch {
    throw broken("an event of its stream is not JSON");
  }
  if (chunk?.error) throw broken(hide(`${chunk.error.message ?? "it failed"}`));
  if (!Array.isArray(chunk?.choices)) throw broken("an event of its stream is no chunk");
  return chunk;
}

function broken(state: string): EddyError {
  return new EddyError("remote_unavailable", `Cannot ask the model: ${state}`);
}
