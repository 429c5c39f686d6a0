import { EddyError } from "../../errors.ts";
import type { ByteReader } from "./byte_reader.ts";
import type { ModelBytes } from "./model_bytes.ts";

/** Bytes that are asked for ahead: files have many small tensors one after the other. */
const AHEAD = 1 << 22;

/** Says that bytes are asked for which are not loaded yet. */
export class BytesMissing extends Error {
  /** @param load Loads them. */
  constructor(readonly load: () => Promise<void>) {
    super("bytes are not loaded yet");
  }
}

/** The part of a file elsewhere that is needed now. */
export interface LoadedBytes extends ByteReader {
  /** Forgets what was read until now: only what is read from here on is kept. */
  begin(): void;
}

/**
 * Runs what reads, again and again, until all that it reads is loaded; what an earlier run read is forgotten.
 *
 * @param readers All files that it may read.
 * @throws {EddyError} `checkpoint_invalid` If bytes cannot be had.
 */
export async function whenLoaded<Result>(readers: readonly LoadedBytes[], run: () => Result): Promise<Result> {
  while (true) {
    readers.forEach((reader) => reader.begin());
    try {
      return run();
    } catch (error) {
      if (!(error instanceof BytesMissing)) throw error;
      await error.load();
    }
  }
}

/** Reads a file elsewhere as if it were here, a few megabytes at a time. */
export function loadedBytes(source: ModelBytes): LoadedBytes {
  let start = 0;
  let held = new Uint8Array(0);
  /** What the run under way has asked for. */
  let [first, last] = [Infinity, 0];

  async function load(): Promise<void> {
    const kept = first >= start && first <= start + held.length ? held.subarray(first - start) : new Uint8Array(0);
    const begin = first + kept.length;
    // As many again as there are: a long header takes few tries.
    const end = Math.min(source.size, Math.max(last, begin + Math.max(AHEAD, kept.length)));
    const more = new Uint8Array(await source.read(begin, end));
    if (more.length !== end - begin) {
      throw new EddyError("checkpoint_invalid", `Cannot read '${source.name}': it ends early`);
    }
    const joined = kept.length === 0 ? more : new Uint8Array(kept.length + more.length);
    if (joined !== more) {
      joined.set(kept);
      joined.set(more, kept.length);
    }
    [start, held] = [first, joined];
  }

  const view = (position: number, length: number): Uint8Array<ArrayBuffer> => {
    [first, last] = [Math.min(first, position), Math.max(last, position + length)];
    if (position < start || position + length > start + held.length) throw new BytesMissing(load);
    return held.subarray(position - start, position - start + length);
  };

  return {
    size: source.size,
    read: (position, length) => view(position, length).slice().buffer,
    readInto: (position, target) => target.set(view(position, target.length)),
    begin: () => void ([first, last] = [Infinity, 0]),
    [Symbol.dispose]: () => held = new Uint8Array(0),
  };
}
