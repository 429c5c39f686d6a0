import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { EddyError } from "../../errors.ts";
import type { ByteReader } from "./byte_reader.ts";

/** Opens a file of a checkpoint. @throws {EddyError} `checkpoint_missing` If there is none, else `checkpoint_invalid`. */
export function openForReading(path: string): number {
  try {
    return openSync(path, "r");
  } catch (cause) {
    const isMissing = (cause as { code?: string }).code === "ENOENT";
    const state = isMissing ? "there is no such file" : (cause as Error).message;
    throw new EddyError(isMissing ? "checkpoint_missing" : "checkpoint_invalid", `Cannot open '${path}': ${state}`, {
      cause,
    });
  }
}

/** Reads `length` bytes from `position` on. @throws {EddyError} `checkpoint_invalid` If the file ends before. */
export function readRange(descriptor: number, position: number, length: number, path: string): ArrayBuffer {
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length;) {
    const count = readSync(descriptor, bytes, filled, length - filled, position + filled);
    if (count === 0) throw new EddyError("checkpoint_invalid", `Cannot read '${path}': it ends early`);
    filled += count;
  }
  return bytes.buffer;
}

/** A file as bytes by place. @throws {EddyError} As {@linkcode openForReading}; reading as {@linkcode readRange}. */
export function openFileReader(path: string): ByteReader {
  const descriptor = openForReading(path);
  return {
    size: fstatSync(descriptor).size,
    read: (position, length) => readRange(descriptor, position, length, path),
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}
