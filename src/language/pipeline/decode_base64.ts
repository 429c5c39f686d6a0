import { invalidTokenizer } from "./json_fields.ts";

/** Bytes of a text in base64. @throws {EddyError} `tokenizer_invalid` If it is something else. */
export function decodeBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch (cause) {
    throw invalidTokenizer("'precompiled_charsmap' is not base64", { cause });
  }
}
