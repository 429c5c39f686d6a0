import { EddyError } from "../../errors.ts";
import { createRemoteChat, type RemoteChatOptions } from "../../policy/mod.ts";
import type { Talker, TalkOptions } from "./talker.ts";

/** A model at an OpenAI-compatible endpoint. */
export function remoteTalker(options: RemoteChatOptions): Talker {
  const chat = createRemoteChat(options);
  return {
    name: `${options.model} at ${new URL(options.endpoint).host}`,
    async *answer(
      messages,
      { seed, maximumTokens, ...sampling },
      signal,
    ): AsyncGenerator<string, void, undefined> {
      const question = {
        messages,
        seed,
        ...namedAsServersDo(sampling),
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

/** Names of sampling parameters in requests: OpenAI's, and those that other servers added. */
const NAMES = {
  temperature: "temperature",
  topP: "top_p",
  topK: "top_k",
  minP: "min_p",
  typical: "typical_p",
  repetitionPenalty: "repetition_penalty",
  frequencyPenalty: "frequency_penalty",
  presencePenalty: "presence_penalty",
} as const satisfies Record<Exclude<keyof TalkOptions, "seed" | "maximumTokens">, string>;

function namedAsServersDo(sampling: Omit<TalkOptions, "seed" | "maximumTokens">): Record<string, number> {
  return Object.fromEntries(
    (Object.keys(NAMES) as (keyof typeof NAMES)[]).flatMap((name) => {
      const value = sampling[name];
      return value === undefined ? [] : [[NAMES[name], value]];
    }),
  );
}
