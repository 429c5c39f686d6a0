import type { ChunkChoice } from "../chat_response.ts";
import type { SpokenPiece } from "./spoken_choice.ts";

/** What a chunk needs beside its piece. */
export interface SpeechChunkOptions {
  /** Whether tokens are told with their log-probabilities. */
  readonly logprobs: boolean;
  /** What names of calls begin with. */
  readonly callId: string;
}

/** A piece of an answer as a stream tells it; undefined where it tells nothing. */
export function chunkOf(
  piece: SpokenPiece,
  index: number,
  { logprobs, callId }: SpeechChunkOptions,
): ChunkChoice | undefined {
  const told = logprobs && piece.tokens.length > 0 ? { content: [...piece.tokens], refusal: null } : null;
  const delta = deltaOf(piece, callId);
  if (!delta && !told) return undefined;
  return { index, delta: delta ?? {}, logprobs: told, finish_reason: null };
}

function deltaOf(piece: SpokenPiece, callId: string): ChunkChoice["delta"] | undefined {
  switch (piece.kind) {
    case "content":
      return { content: piece.text };
    case "call": {
      const { index, name, id = `${callId}_${index}` } = piece;
      return { tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] };
    }
    case "arguments":
      return { tool_calls: [{ index: piece.index, function: { arguments: piece.text } }] };
    case "no-call":
    case "end":
      return undefined;
  }
}
