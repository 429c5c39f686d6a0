import type { ByteReader } from "../byte_reader.ts";

/** Bytes that are fetched at once. */
const WINDOW = 1 << 18;

/** Reads one thing after the other; every method fails where the file or the limit ends. */
export interface Cursor {
  /** Bytes before the cursor. */
  readonly position: number;
  /** Bytes that may still be read. */
  readonly left: number;
  /** The next bytes, as a view that lasts until the next call. */
  view(length: number, what: string): DataView;
  /** An unsigned 32-bit integer. */
  u32(what: string): number;
  /** An unsigned 64-bit integer that counts something inside the file, so it is at most `most`. */
  count(what: string, most: number): number;
  /** UTF-8 text behind its length. */
  text(what: string): string;
}

/** A cursor at the start of a file, of which the first `limit` bytes may be read. */
export function openCursor(reader: ByteReader, limit: number, fail: (reason: string) => never): Cursor {
  const { size } = reader;
  const end = Math.min(size, limit);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let position = 0, start = 0;
  let bytes = new Uint8Array(0), numbers = new DataView(bytes.buffer);

  /** Steps over bytes and says where in the window they begin. */
  const step = (length: number, what: string): number => {
    if (length > end - position) {
      const why = end < size ? `${what} reaches past the limit of ${limit} bytes` : `${what} reaches past its end`;
      return fail(`${why}: ${length} bytes at ${position} of ${size}`);
    }
    if (position + length > start + bytes.length) {
      start = position;
      bytes = new Uint8Array(reader.read(start, Math.min(Math.max(length, WINDOW), end - start)));
      numbers = new DataView(bytes.buffer);
    }
    position += length;
    return position - length - start;
  };

  const count = (what: string, most: number, of = ""): number => {
    const at = step(8, what);
    const value = numbers.getUint32(at, true) + 2 ** 32 * numbers.getUint32(at + 4, true);
    if (value <= most) return value;
    return fail(
      `${of}${what} is ${numbers.getBigUint64(at, true)}, the ${size} bytes of the file hold at most ${most}`,
    );
  };

  return {
    get position(): number {
      return position;
    },
    get left(): number {
      return end - position;
    },
    view(length, what): DataView {
      const at = step(length, what); // may take another window
      return new DataView(bytes.buffer, at, length);
    },
    u32(what): number {
      const at = step(4, what);
      return numbers.getUint32(at, true);
    },
    count: (what, most) => count(what, most),
    text(what): string {
      const length = count(what, Math.max(0, end - position - 8), "the length of ");
      const at = step(length, what);
      return plainText(bytes, at, length) ?? decoded(bytes.subarray(at, at + length), what);
    },
  };

  function decoded(text: Uint8Array, what: string): string {
    try {
      return decoder.decode(text);
    } catch (error) {
      if (error instanceof TypeError) return fail(`${what} is not UTF-8`);
      throw error;
    }
  }
}

/** Texts of a vocabulary: short, and of letters that are one byte each; undefined for others. */
function plainText(bytes: Uint8Array, at: number, length: number): string | undefined {
  if (length > 24) return undefined;
  let text = "";
  for (let i = at; i < at + length; i++) {
    if (bytes[i] > 127) return undefined;
    text += String.fromCharCode(bytes[i]);
  }
  return text;
}
