import { plainVocabulary } from "../../../language/mod.ts";
import type { TypedGgufValue } from "./encode_gguf_header.ts";
import { KEPT_FILE } from "./gguf_config.ts";
import { WHOLE_TOKENIZER } from "./gguf_files.ts";

const PREFIX = "tokenizer.ggml.";
/** Special tokens by the keys of `tokenizer_config.json`. */
const SPECIAL = { bos_token: "bos", eos_token: "eos", unk_token: "unknown", pad_token: "padding" } as const;

/**
 * The text files of a model folder in the metadata of a GGUF file: whole, for Eddy, and as the lists and keys that other
 * programs read, where these can say it.
 *
 * @param vocabularySize Rows of the embedding.
 */
export function fileMetadata(
  files: ReadonlyMap<string, string>,
  vocabularySize: number,
): Map<string, TypedGgufValue> {
  const metadata = new Map<string, TypedGgufValue>();
  for (const [name, text] of files) {
    if (name !== "tokenizer.json") metadata.set(KEPT_FILE + name, { type: "text", value: text });
  }
  const { template, tokens } = chatOf(files);
  if (template !== undefined) metadata.set("tokenizer.chat_template", { type: "text", value: template });
  const whole = files.get("tokenizer.json");
  const vocabulary = whole === undefined ? undefined : plainVocabulary(whole, vocabularySize);
  metadata.set(`${PREFIX}model`, { type: "text", value: vocabulary?.model ?? "none" });
  if (whole !== undefined) metadata.set(WHOLE_TOKENIZER, { type: "text", value: whole });
  if (vocabulary === undefined) return metadata;
  const put = (key: string, value: TypedGgufValue): void => void metadata.set(PREFIX + key, value);
  put("tokens", { type: "texts", value: vocabulary.tokens });
  if (vocabulary.scores) put("scores", { type: "f32s", value: vocabulary.scores });
  put("token_type", { type: "i32s", value: vocabulary.tokenTypes ?? [] });
  if (vocabulary.merges) put("merges", { type: "texts", value: vocabulary.merges });
  if (vocabulary.pre !== undefined) put("pre", { type: "text", value: vocabulary.pre });
  const ids = new Map<string, number>();
  for (const [key, name] of Object.entries(SPECIAL)) {
    const id = tokens[key] === undefined ? -1 : vocabulary.tokens.indexOf(tokens[key]);
    if (id >= 0) ids.set(name, id);
  }
  // What the template of texts says comes before what the conversation's files say.
  if (vocabulary.beginningOfText !== undefined) ids.set("bos", vocabulary.beginningOfText);
  if (vocabulary.endOfText !== undefined) ids.set("eos", vocabulary.endOfText);
  if (vocabulary.unknown !== undefined) ids.set("unknown", vocabulary.unknown);
  for (const [name, value] of ids) put(`${name}_token_id`, { type: "u32", value });
  put("add_bos_token", { type: "bool", value: vocabulary.addBeginning ?? false });
  put("add_eos_token", { type: "bool", value: vocabulary.addEnd ?? false });
  put("add_space_prefix", { type: "bool", value: vocabulary.addSpacePrefix ?? false });
  return metadata;
}

/** The chat template and the special tokens that a folder names. */
function chatOf(
  files: ReadonlyMap<string, string>,
): { readonly template?: string; readonly tokens: Readonly<Record<string, string | undefined>> } {
  const json = JSON.parse(files.get("tokenizer_config.json") ?? "{}") as Readonly<Record<string, unknown>>;
  const textOf = (value: unknown): string | undefined =>
    typeof value === "string" ? value : stringOf((value as { readonly content?: unknown } | null | undefined)?.content);
  const given = json.chat_template;
  const named = Array.isArray(given)
    ? (given as readonly ({ name?: unknown; template?: unknown } | null)[]).find((each) => each?.name === "default")
      ?.template
    : given;
  const template = files.get("chat_template.jinja") ?? (typeof named === "string" ? named : undefined);
  return { template, tokens: Object.fromEntries(Object.keys(SPECIAL).map((key) => [key, textOf(json[key])])) };
}

function stringOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
