import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { EddyError } from "../../errors.ts";
import type { ByteReader } from "./byte_reader.ts";

/**
 * A file as bytes by place. A file that changes while it is open is refused: half of it would be of another model.
 *
 * @throws {EddyError} `checkpoint_missing` If there is none; `checkpoint_invalid` If it cannot be opened; reading
 * `checkpoint_invalid` If the file ends before, or is no longer the one that was opened.
 */
export function openFileReader(path: string): ByteReader {
  const descriptor = openForReading(path);
  const { size, mtimeMs } = fstatSync(descriptor);
  const invalid = (state: string, cause?: unknown): EddyError =>
    new EddyError("checkpoint_invalid", `Cannot read '${path}': ${state}`, { cause });
  const readInto = (position: number, target: Uint8Array): void => {
    let filled = 0;
    try {
      for (let count = -1; filled < target.length && count !== 0; filled += count) {
        count = readSync(descriptor, target, filled, target.length - filled, position + filled);
      }
    } catch (cause) {
      throw invalid((cause as Error).message, cause);
    }
    const now = fstatSync(descriptor);
    if (now.size !== size || now.mtimeMs !== mtimeMs) throw invalid("it changed while it was read; load it again");
    if (filled < target.length) throw invalid("it ends early");
  };
  return {
    size,
    readInto,
    read(position, length): ArrayBuffer {
      const bytes = new Uint8Array(length);
      readInto(position, bytes);
      return bytes.buffer;
    },
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}

function openForReading(path: string): number {
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
