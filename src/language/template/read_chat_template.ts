import { EddyError } from "../../errors.ts";
import { type ChatTemplate, chatTemplate } from "./chat_template.ts";

/**
 * Makes the chat template of a `tokenizer_config.json`, with its special tokens. Of several templates the one named
 * `tool_use` is used where tools are given, else `default`.
 *
 * @param source The template where it has a file of its own (`chat_template.jinja`), which then counts.
 * @returns Undefined when there is none.
 * @throws {EddyError} `tokenizer_invalid` If the file or a template in it is broken.
 */
export function readChatTemplate(config: string, source?: string): ChatTemplate | undefined {
  let root: unknown;
  try {
    root = JSON.parse(config);
  } catch (cause) {
    throw new EddyError("tokenizer_invalid", "Cannot read chat template: tokenizer_config.json is not JSON", { cause });
  }
  if (!isRecord(root)) {
    throw new EddyError("tokenizer_invalid", "Cannot read chat template: tokenizer_config.json is not an object");
  }
  const tokens = specialTokens(root);
  const written = source ?? root.chat_template;
  if (written === undefined || written === null) return undefined;
  if (typeof written === "string") return chatTemplate(written, tokens);
  const named = new Map<string, ChatTemplate>();
  for (const part of Array.isArray(written) ? written : []) {
    if (isRecord(part) && typeof part.name === "string" && typeof part.template === "string") {
      named.set(part.name, chatTemplate(part.template, tokens));
    }
  }
  const usual = named.get("default") ?? named.values().next().value;
  if (!usual) throw new EddyError("tokenizer_invalid", "Cannot read chat template: 'chat_template' is no text");
  const withTools = named.get("tool_use") ?? usual;
  return { render: (messages, options) => (options?.tools ? withTools : usual).render(messages, options) };
}

/** `bos_token` and the like: texts, or objects with their text as `content`. */
function specialTokens(root: Readonly<Record<string, unknown>>): Record<string, string> {
  const tokens: Record<string, string> = {};
  for (const [name, value] of Object.entries(root)) {
    if (!name.endsWith("_token")) continue;
    const text = isRecord(value) ? value.content : value;
    if (typeof text === "string") tokens[name] = text;
  }
  return tokens;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
