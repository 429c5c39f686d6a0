import type { ChatMessage } from "../../language/mod.ts";

/** Around the number of a text that was taken out: characters for private use, which no text has. */
const [OPEN, CLOSE] = ["\uF8F0", "\uF8F1"];

/** Texts that look like special tokens, taken out of a conversation before its template writes it. */
export interface PlainWords {
  /** The conversation with a mark for each of them. */
  readonly messages: readonly ChatMessage[];
  /** The parts of what the template wrote, in order: `plain` ones are words and never special tokens. */
  split(rendered: string): readonly { readonly text: string; readonly plain: boolean }[];
}

/**
 * Keeps what people and tools write from being read as special tokens: `<|im_end|>` in a message is six characters of text
 * and does not end the message.
 *
 * @param specials Texts of the special tokens.
 */
export function plainWords(messages: readonly ChatMessage[], specials: readonly string[]): PlainWords {
  const taken: string[] = [];
  const longestFirst = specials.filter((text) => text !== "").sort((a, b) => b.length - a.length);
  const pattern = [...longestFirst.map(escaped), `${OPEN}[0-9]+${CLOSE}`].join("|");
  const mark = (text: string): string => `${OPEN}${taken.push(text) - 1}${CLOSE}`;
  const hide = (value: unknown): unknown => {
    if (typeof value === "string") return value.replace(new RegExp(pattern, "g"), mark);
    if (Array.isArray(value)) return value.map(hide);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, name === "role" ? inner : hide(inner)]),
    );
  };
  return {
    messages: messages.map((message) => hide(message) as ChatMessage),
    split: (rendered) =>
      rendered.split(new RegExp(`${OPEN}([0-9]+)${CLOSE}`)).map((text, index) =>
        index % 2 === 0 ? { text, plain: false } : { text: taken[Number(text)] ?? "", plain: true }
      ).filter(({ text }) => text !== ""),
  };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
