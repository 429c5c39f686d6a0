import type { Turn } from "../../episode/mod.ts";
import type { Tokenizer } from "../../language/mod.ts";
import type { SpecialTokens } from "./special_tokens.ts";

/**
 * The form of a conversation, for programs that render it from Hugging Face's `tokenizer_config.json`.
 *
 * ```text
 * <|user|>Where is my order?<|end|><|assistant|>find_order(O1234)<|end|><|tool|>shipped<|end|><|assistant|> …
 * ```
 */
export const CHAT_TEMPLATE: string =
  "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

/** Tokens of turns in the form of {@linkcode CHAT_TEMPLATE}; what users write never becomes a special token. */
export function conversationTokens(tokenizer: Tokenizer, special: SpecialTokens, turns: readonly Turn[]): number[] {
  return turns.flatMap(({ role, text }) => [special.roles[role], ...tokenizer.encode(text), special.end]);
}
