const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const SIXTETS = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) SIXTETS[ALPHABET.charCodeAt(i)] = i;

/** Bytes as base64url without padding (RFC 4648 §5). */
export function toBase64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/**
 * The bytes of a base64url text, or undefined where {@linkcode toBase64Url} would never have written it: padding, white
 * space, other alphabets, and last characters with bits that stand for nothing. So each list of bytes has one text.
 */
export function fromBase64Url(text: string): Uint8Array | undefined {
  if (text.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor(text.length * 3 / 4));
  let [bits, count, at] = [0, 0, 0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const sixtet = code < 128 ? SIXTETS[code] : -1;
    if (sixtet < 0) return undefined;
    bits = bits << 6 | sixtet;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes[at++] = bits >> count;
    bits &= (1 << count) - 1;
  }
  return bits === 0 ? bytes : undefined;
}
