import type { Kernels } from "../../../kernels/mod.ts";
import { checkJsonFiles } from "../check_json_files.ts";
import type { JsonObject } from "../config_reader.ts";
import type { GgufFile } from "./read_gguf.ts";
import { ggufChat } from "./gguf_chat.ts";
import { KEPT_FILE } from "./gguf_config.ts";
import { ggufTokenizer } from "./gguf_tokenizer.ts";

/** The key under which GGUF files keep a whole `tokenizer.json`. */
export const WHOLE_TOKENIZER = "tokenizer.huggingface.json";

/**
 * The text files of a model folder that a GGUF file stands for: those that Eddy kept as they are, else what its metadata
 * says in their words.
 *
 * @param json Its `config.json`.
 * @throws {EddyError} As `ggufTokenizer`.
 */
export function ggufFiles(
  kernels: Kernels,
  { metadata }: Pick<GgufFile, "metadata">,
  json: JsonObject,
  path: string,
): Map<string, string> {
  const files = new Map([["config.json", JSON.stringify(json, undefined, 2) + "\n"]]);
  const kept = [...metadata].flatMap(([key, value]) =>
    key.startsWith(KEPT_FILE) && typeof value === "string" ? [[key.slice(KEPT_FILE.length), value] as const] : []
  );
  const whole = metadata.get(WHOLE_TOKENIZER);
  const tokenizer = kept.length > 0 && typeof whole === "string" ? whole : ggufTokenizer(kernels, metadata, path);
  if (tokenizer !== undefined) {
    files.set("tokenizer.json", tokenizer);
    if (kept.length === 0) { for (const [name, text] of ggufChat(metadata)) files.set(name, text); }
  }
  checkJsonFiles(new Map(kept), path);
  for (const [name, text] of kept) files.set(name, text);
  return files;
}
