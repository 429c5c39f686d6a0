import { existsSync, readFileSync } from "node:fs";
import { EddyError } from "../../errors.ts";
import type { PolicySnapshot } from "../policy.ts";

/**
 * A model with the chat template of a file, instead of its own.
 *
 * @param path Of Jinja, or of a `tokenizer_config.json` that has a `chat_template`; undefined changes nothing.
 * @throws {EddyError} `data_missing` If there is no such file; `tokenizer_invalid` If the JSON has no template.
 */
export function withChatTemplate(snapshot: PolicySnapshot, path: string | undefined): PolicySnapshot {
  if (path === undefined) return snapshot;
  if (!existsSync(path)) {
    throw new EddyError("data_missing", `Cannot read the chat template '${path}': there is no such file`);
  }
  const text = readFileSync(path, "utf8");
  const files = new Map(snapshot.files);
  if (!path.endsWith(".json")) files.set("chat_template.jinja", text);
  else {
    files.delete("chat_template.jinja");
    files.set(
      "tokenizer_config.json",
      JSON.stringify({ ...read(files.get("tokenizer_config.json"), path), ...read(text, path) }),
    );
    if (read(text, path).chat_template === undefined) {
      throw new EddyError("tokenizer_invalid", `Cannot read the chat template '${path}': it has no 'chat_template'`);
    }
  }
  return { ...snapshot, files };
}

function read(text: string | undefined, path: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text ?? "{}");
  } catch (cause) {
    throw new EddyError("tokenizer_invalid", `Cannot read the chat template '${path}': it is not JSON`, { cause });
  }
}
