import type { ChatChoice, ChatCompletion, ChatCompletionChunk, ChunkChoice } from "./chat_response.ts";

/** What a stream needs beside the answer. */
export interface ChunkOptions {
  /** Whether a last chunk tells what was used. */
  readonly includeUsage: boolean;
  /** [choices] the tokens of each action: its content comes in these pieces where they make it up. */
  readonly pieces: readonly (readonly string[])[];
}

/**
 * An answer as the events of a stream, in OpenAI's order: for each choice its role, its content or call piece by piece, its
 * reason to finish; then, if asked for, what was used. The last chunk carries what Eddy adds.
 */
export function chatChunks(
  { object: _, choices, usage, metadata: __, eddy, ...answer }: ChatCompletion,
  { includeUsage, pieces }: ChunkOptions,
): ChatCompletionChunk[] {
  const chunk = (choices: ChunkChoice[]): ChatCompletionChunk => ({
    ...answer,
    object: "chat.completion.chunk",
    choices,
    ...(includeUsage && { usage: null }),
  });
  const chunks = choices.flatMap((choice) => chunkChoices(choice, pieces[choice.index])).map((choice) =>
    chunk([choice])
  );
  if (includeUsage) chunks.push({ ...chunk([]), usage });
  return chunks.map((chunk, index) => index === chunks.length - 1 ? { ...chunk, eddy } : chunk);
}

function chunkChoices(
  { index, message, logprobs, finish_reason, eddy }: ChatChoice,
  pieces: readonly string[],
): ChunkChoice[] {
  const piece = (delta: ChunkChoice["delta"], logprobs: ChatChoice["logprobs"] = null): ChunkChoice => (
    { index, delta, logprobs, finish_reason: null }
  );
  const finish: ChunkChoice = { ...piece({}), finish_reason, eddy };
  const { role, refusal, content, tool_calls: calls } = message;
  if (calls) {
    const [{ id, type, function: { name, arguments: written } }] = calls;
    const opening = { index: 0, id, type, function: { name, arguments: "" } };
    return [
      piece({ role, content: null, refusal, tool_calls: [opening] }),
      piece({ tool_calls: [{ index: 0, function: { arguments: written } }] }, logprobs),
      finish,
    ];
  }
  const opening = piece({ role, content: "", refusal });
  const inPieces = pieces.join("") === content;
  if (!inPieces) return [opening, piece({ content }, logprobs), finish];
  const tokens = pieces.map((content, place) =>
    piece({ content }, logprobs && { content: [logprobs.content[place]], refusal: null })
  );
  return [opening, ...tokens, finish];
}
