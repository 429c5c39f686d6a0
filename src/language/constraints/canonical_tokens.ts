import type { Tokenizer } from "../tokenizer.ts";

/**
 * The tokens that the tokenizer gives for a text that must follow, but for those at its end that could be longer ones
 * together with what comes after.
 *
 * @param extends_ Whether some token begins with these bytes and has more.
 * @returns None where the tokenizer would write something else, too, such as a space before the text.
 */
export function canonicalTokens(
  tokenizer: Tokenizer,
  extends_: (bytes: Uint8Array) => boolean,
  bytes: Uint8Array,
): readonly number[] {
  if (bytes.length === 0) return [];
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return [];
  }
  const tokens = [...tokenizer.encode(text)];
  const parts = tokens.map((token) => tokenizer.tokenBytes(token));
  if (!same(bytes, parts)) return [];
  let end = tokens.length;
  let from = bytes.length;
  for (let at = tokens.length - 1; at >= 0; at--) {
    from -= parts[at].length;
    if (extends_(bytes.subarray(from))) end = at;
  }
  return tokens.slice(0, end);
}

function same(bytes: Uint8Array, parts: readonly Uint8Array[]): boolean {
  let at = 0;
  for (const part of parts) {
    if (part.length === 0) return false;
    for (const byte of part) if (bytes[at++] !== byte) return false;
  }
  return at === bytes.length;
}
