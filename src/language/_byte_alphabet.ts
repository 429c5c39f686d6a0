/** The character that byte-level vocabularies write for each byte: printable ones stand for themselves. */
const characters: readonly string[] = (() => {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    return String.fromCharCode(printable ? byte : next++);
  });
})();
const bytes: ReadonlyMap<string, number> = new Map(characters.map((character, byte) => [character, byte]));
const encoder = new TextEncoder();

/** Bytes as a byte-level vocabulary writes them. */
export function toByteText(token: Uint8Array): string {
  return Array.from(token, (byte) => characters[byte]).join("");
}

/** The bytes a vocabulary entry stands for; an entry that is not byte-level stands for its own UTF-8. */
export function fromByteText(text: string): Uint8Array {
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const byte = bytes.get(text[i]);
    if (byte === undefined) return encoder.encode(text);
    out[i] = byte;
  }
  return out;
}
