import { EddyError } from "../../errors.ts";
import { createRemoteChat, type RemoteChatOptions } from "../../policy/mod.ts";
import type { Talker } from "./talker.ts";

/** A model at an OpenAI-compatible endpoint. */
export function remoteTalker(options: RemoteChatOptions): Talker {
  const chat = createRemoteChat(options);
  return {
    name: `${options.model} at ${new URL(options.endpoint).host}`,
    async *answer(
      messages,
      { seed, maximumTokens, temperature, topP },
      signal,
    ): AsyncGenerator<string, void, undefined> {
      const question = {
        messages,
        seed,
        ...(temperature !== undefined && { temperature }),
        ...(topP !== undefined && { top_p: topP }),
        ...(maximumTokens !== undefined && { max_tokens: maximumTokens }),
      };
      try {
        for await (const { choices } of chat.stream(question, { signal })) {
          const piece = choices[0]?.delta.content ?? "";
          if (piece !== "") yield piece;
        }
      } catch (error) {
        if (!(error instanceof EddyError) || error.code !== "interrupted") throw error;
      }
    },
    [Symbol.dispose]: () => {},
  };
}
