/** Numbers as text for JSON: base64 of their bytes, little-endian. */
export function encodeNumbers(values: Uint32Array | Float32Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** The bytes of such a text, whole numbers of four bytes. */
export function decodeNumbers(text: string): ArrayBuffer {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return bytes.buffer.slice(0, bytes.length - bytes.length % 4);
}
