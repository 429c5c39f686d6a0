import type { Kernels } from "../../../kernels/mod.ts";
import { openFileReader } from "../read_range.ts";
import { type GgufFile, readGguf } from "./read_gguf.ts";

/**
 * Opens a GGUF file of version 2 or 3 on disk.
 *
 * @param kernels Take the numbers out of their blocks.
 * @throws {EddyError} `checkpoint_missing` If there is no such file; else as {@linkcode readGguf}.
 */
export function openGguf(kernels: Kernels, path: string): GgufFile {
  const reader = openFileReader(path);
  try {
    return readGguf(kernels, reader, path);
  } catch (error) {
    reader[Symbol.dispose]();
    throw error;
  }
}
