import { closeSync, fstatSync } from "node:fs";
import { EddyError } from "../../../errors.ts";
import type { Kernels } from "../../../kernels/mod.ts";
import { openForReading, readRange } from "../read_range.ts";
import type { Tensor } from "../safetensors.ts";
import { openCursor } from "./_cursor.ts";
import { type GgufEntry, type GgufValue, readGgufHeader } from "./gguf_header.ts";

/** An open GGUF file: its metadata, its table of contents, and the tensors one at a time. Dispose it to close the file. */
export interface GgufFile extends Disposable {
  /** 2 or 3. */
  readonly version: number;
  /** Key to value, in the file's order: the model's sizes, the tokenizer's lists. */
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** Name to place, in the file's order. */
  readonly tensors: ReadonlyMap<string, GgufEntry>;
  /** Reads one tensor and takes it out of its blocks. */
  read(name: string): Tensor;
  /** Bytes `begin` to `end` of one tensor, as its blocks have them. */
  readBytes(name: string, begin: number, end: number): Uint8Array;
}

/** Tokens and merges of the largest vocabularies have some ten megabytes. */
const LARGEST_HEADER = 256_000_000;
/** Bytes that go through the kernels at once. */
const PIECE = 1 << 22;

/**
 * Opens a GGUF file of version 2 or 3 and checks everything that its header says against the length of the file.
 *
 * Nothing is allocated from a size that the file announces before that size is checked; tensors are read one at a time,
 * piece by piece, so no more of the file is in memory than a few megabytes.
 *
 * @param kernels Take the numbers out of their blocks.
 * @throws {EddyError} `checkpoint_missing` If there is no such file; `checkpoint_invalid` If it is damaged;
 * `model_unsupported` If it has a version or a type of numbers that is not read, naming it.
 */
export function openGguf(kernels: Kernels, path: string): GgufFile {
  const descriptor = openForReading(path);
  const fail = (reason: string): never => {
    throw new EddyError("checkpoint_invalid", `Cannot read '${path}': ${reason}`);
  };
  const unsupported = (reason: string): never => {
    throw new EddyError("model_unsupported", `Cannot load '${path}': ${reason}`);
  };
  try {
    const { size } = fstatSync(descriptor);
    const cursor = openCursor(descriptor, path, size, LARGEST_HEADER, fail);
    const { version, metadata, tensors, start } = readGgufHeader(cursor, size, { fail, unsupported });
    return {
      version,
      metadata,
      tensors,
      read(name): Tensor {
        const { type, typeId, shape, begin, end } = tensors.get(name) ?? fail(`it has no tensor '${name}'`);
        const values = new Float32Array((end - begin) / type.bytes * type.numbers);
        const step = Math.floor(PIECE / type.bytes) * type.bytes;
        for (let at = begin, filled = 0; at < end; at += step) {
          const bytes = new Uint8Array(readRange(descriptor, start + at, Math.min(step, end - at), path));
          const piece = kernels.dequantize(typeId, bytes);
          values.set(piece, filled);
          filled += piece.length;
        }
        return { shape, values };
      },
      readBytes(name, from, to): Uint8Array {
        const { begin } = tensors.get(name) ?? fail(`it has no tensor '${name}'`);
        return new Uint8Array(readRange(descriptor, start + begin + from, to - from, path));
      },
      [Symbol.dispose]: () => closeSync(descriptor),
    };
  } catch (cause) {
    closeSync(descriptor);
    if (cause instanceof EddyError) throw cause;
    throw new EddyError("checkpoint_invalid", `Cannot read '${path}': ${(cause as Error).message}`, { cause });
  }
}
