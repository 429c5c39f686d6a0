import type { Tokenizer } from "../tokenizer.ts";

/** The tokens of a text that must follow. */
export interface CanonicalTokens {
  /** Those that the tokenizer gives for it. */
  readonly tokens: readonly number[];
  /** How many of them stay whatever comes after: the others could be longer ones together with it. */
  readonly settled: number;
}

const NONE: CanonicalTokens = { tokens: [], settled: 0 };

/**
 * The tokens that the tokenizer gives for a text that must follow.
 *
 * @param extends_ Whether some token begins with these bytes and has more.
 * @returns None where the tokenizer would write something else, too, such as a space before the text.
 */
export function canonicalTokens(
  tokenizer: Tokenizer,
  extends_: (bytes: Uint8Array) => boolean,
  bytes: Uint8Array,
): CanonicalTokens {
  // a byte that no text has begins the number of a token, in brackets: what stands before it is whole
  const mark = bytes.indexOf(0xff);
  if (mark === 0) return { tokens: [parseInt(String.fromCharCode(...bytes.subarray(2, 12)))], settled: 1 };
  const plain = mark < 0 ? bytes : bytes.subarray(0, mark);
  if (plain.length === 0) return NONE;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain);
  } catch {
    return NONE;
  }
  const tokens = [...tokenizer.encode(text)];
  const parts = tokens.map((token) => tokenizer.tokenBytes(token));
  if (!same(plain, parts)) return NONE;
  if (mark >= 0) return { tokens, settled: tokens.length };
  let settled = tokens.length;
  let from = bytes.length;
  for (let at = tokens.length - 1; at >= 0; at--) {
    from -= parts[at].length;
    if (extends_(bytes.subarray(from))) settled = at;
  }
  return { tokens, settled };
}

function same(bytes: Uint8Array, parts: readonly Uint8Array[]): boolean {
  let at = 0;
  for (const part of parts) {
    if (part.length === 0) return false;
    for (const byte of part) if (bytes[at++] !== byte) return false;
  }
  return at === bytes.length;
}
