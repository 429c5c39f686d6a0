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
  let window = new ArrayBuffer(0);

  const view = (length: number, what: string): DataView => {
    if (length > end - position) {
      const why = end < size ? `${what} reaches past the limit of ${limit} bytes` : `${what} reaches past its end`;
      return fail(`${why}: ${length} bytes at ${position} of ${size}`);
    }
    if (position + length > start + window.byteLength) {
      start = position;
      window = reader.read(start, Math.min(Math.max(length, WINDOW), end - start));
    }
    const found = new DataView(window, position - start, length);
    position += length;
    return found;
  };

  const count = (what: string, most: number): number => {
    const value = view(8, what).getBigUint64(0, true);
    if (value > BigInt(most)) fail(`${what} is ${value}, the ${size} bytes of the file hold at most ${most}`);
    return Number(value);
  };

  return {
    get position(): number {
      return position;
    },
    get left(): number {
      return end - position;
    },
    view,
    u32: (what) => view(4, what).getUint32(0, true),
    count,
    text(what): string {
      const length = count(`the length of ${what}`, Math.max(0, end - position - 8));
      try {
        return decoder.decode(view(length, what));
      } catch (error) {
        if (error instanceof TypeError) return fail(`${what} is not UTF-8`);
        throw error;
      }
    },
  };
}
