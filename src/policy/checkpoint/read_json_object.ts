import { readFileSync, statSync } from "node:fs";
import { EddyError } from "../../errors.ts";

/** A tokenizer of a quarter million tokens has about 35 MB. */
const LARGEST_FILE = 256_000_000;

/**
 * Reads a JSON file whose content is an object.
 *
 * @throws {EddyError} `checkpoint_missing` If there is no such file; `checkpoint_invalid` If it is no JSON object.
 */
export function readJsonObject(path: string): Record<string, unknown> {
  return parseJsonObject(readTextFile(path), path);
}

/** The JSON object that a text is. @param where Names it in messages. @throws {EddyError} `checkpoint_invalid` If it is none. */
export function parseJsonObject(text: string, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new EddyError("checkpoint_invalid", `Cannot read '${where}': it is not JSON`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new EddyError("checkpoint_invalid", `Cannot read '${where}': it is not a JSON object`);
  }
  return value as Record<string, unknown>;
}

/** Reads a UTF-8 file of a checkpoint. @throws {EddyError} `checkpoint_missing`, or `checkpoint_invalid` if it is not UTF-8. */
export function readTextFile(path: string): string {
  let bytes: Uint8Array;
  try {
    if (statSync(path).size > LARGEST_FILE) throw new Error(`it has more than ${LARGEST_FILE} bytes`);
    bytes = readFileSync(path);
  } catch (cause) {
    const code = (cause as { code?: string }).code === "ENOENT" ? "checkpoint_missing" : "checkpoint_invalid";
    throw new EddyError(code, `Cannot read '${path}': ${(cause as Error).message}`, { cause });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new EddyError("checkpoint_invalid", `Cannot read '${path}': it is not UTF-8`, { cause });
  }
}
