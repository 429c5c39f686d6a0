import type { ActionToken } from "../action_tokens.ts";
import type { ChatChoice } from "../chat_response.ts";
import type { SpokenChoice, SpokenPiece } from "./spoken_choice.ts";

/** An answer that is whole. */
export interface GatheredChoice {
  /** What it was. */
  readonly spoken: SpokenChoice;
  /** [tokens] with their log-probabilities. */
  readonly tokens: readonly ActionToken[];
  /** What is told of it. @param callId What names of calls begin with. */
  message(callId: string): Pick<ChatChoice["message"], "content" | "tool_calls">;
}

/** Listens to an answer to its end. Calls that turned out to be none are words. */
export async function gatherSpeech(
  pieces: AsyncGenerator<SpokenPiece, SpokenChoice, undefined>,
): Promise<GatheredChoice> {
  const tokens: ActionToken[] = [];
  const calls = new Map<number, { readonly name: string; readonly id?: string; arguments: string }>();
  let content = "";
  let next = await pieces.next();
  for (; !next.done; next = await pieces.next()) {
    const piece = next.value;
    tokens.push(...piece.tokens);
    if (piece.kind === "content") content += piece.text;
    if (piece.kind === "call") calls.set(piece.index, { name: piece.name, id: piece.id, arguments: "" });
    if (piece.kind === "arguments") calls.get(piece.index)!.arguments += piece.text;
    if (piece.kind === "no-call") {
      calls.delete(piece.index);
      content += piece.text;
    }
  }
  return {
    spoken: next.value,
    tokens,
    message: (callId) => {
      if (calls.size === 0) return { content };
      const said = content.trim();
      return {
        content: said === "" ? null : said,
        tool_calls: [...calls].map(([index, { name, id, arguments: written }]) => ({
          id: id ?? `${callId}_${index}`,
          type: "function",
          function: { name, arguments: written },
        })),
      };
    },
  };
}
