import type { GgufValue } from "./gguf_header.ts";

const PREFIX = "tokenizer.ggml.";

/** Names of special tokens in `tokenizer_config.json`, by those of GGUF. */
const NAMES = { bos: "bos_token", eos: "eos_token", unknown: "unk_token", padding: "pad_token" } as const;
/** Tokens that end an answer, whichever of them a file names. */
const ENDS = ["eos", "eot", "eom"] as const;
/** Texts of control tokens that end an answer, for files that name only one of theirs. */
const END_TEXTS = ["<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end|>", "<end_of_turn>", "<|endoftext|>"];
/** GGUF's `token_type` of tokens that are no text. */
const CONTROL = 3;

/**
 * What a GGUF file says of conversations, as the files of a Hugging Face folder say it: the chat template and the special
 * tokens in `tokenizer_config.json`, the tokens that end an answer in `generation_config.json`.
 */
export function ggufChat(metadata: ReadonlyMap<string, GgufValue>): ReadonlyMap<string, string> {
  const tokens = metadata.get(`${PREFIX}tokens`);
  const idOf = (name: string): number | undefined => {
    const id = metadata.get(`${PREFIX}${name}_token_id`);
    return typeof id === "number" ? id : undefined;
  };
  const textOf = (name: string): string | undefined => {
    const id = idOf(name);
    const text: unknown = Array.isArray(tokens) && id !== undefined ? tokens[id] : undefined;
    return typeof text === "string" ? text : undefined;
  };
  const template = metadata.get("tokenizer.chat_template");
  const named = Object.entries(NAMES).map(([name, key]) => [key, textOf(name)] as const);
  const configuration = Object.fromEntries(named.filter(([, text]) => text !== undefined));
  const types = metadata.get(`${PREFIX}token_type`) as ArrayLike<unknown> | undefined;
  const byText = !Array.isArray(tokens)
    ? []
    : END_TEXTS.map((text) => tokens.indexOf(text)).filter((id) => id >= 0 && types?.[id] === CONTROL);
  const ends = [...ENDS.map(idOf).filter((id) => id !== undefined), ...byText];
  return new Map([
    ["tokenizer_config.json", { ...configuration, ...(typeof template === "string" && { chat_template: template }) }],
    ["generation_config.json", ends.length > 0 ? { eos_token_id: [...new Set(ends)] } : {}],
  ].map(([name, json]) => [name as string, JSON.stringify(json, undefined, 2) + "\n"]));
}
