import { EddyError } from "../../../errors.ts";
import type { Kernels } from "../../../kernels/mod.ts";
import { type ByteReader } from "../byte_reader.ts";
import { BytesMissing } from "../loaded_bytes.ts";
import { memoryOf } from "../memory_of.ts";
import type { Tensor } from "../safetensors.ts";
import { openCursor } from "./_cursor.ts";
import { openChecksums } from "./gguf_checksums.ts";
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
  /**
   * Bytes `begin` to `end` of one tensor, as its blocks have them. Where the file says what it was written as, a tensor that
   * is read from its beginning to its end is compared with that.
   *
   * @param into Memory for them; new where it is left out, or too small.
   */
  readBytes(name: string, begin: number, end: number, into?: Uint8Array): Uint8Array;
}

/** Tokens and merges of the largest vocabularies have some ten megabytes. */
const LARGEST_HEADER = 256_000_000;
/** Bytes that go through the kernels at once. */
const PIECE = 1 << 22;

/**
 * Reads the header of a GGUF file of version 2 or 3 and checks everything that it says against the length of the file.
 *
 * Nothing is allocated from a size that the file announces before that size is checked; tensors are read one at a time,
 * piece by piece, so no more of the file is in memory than a few megabytes.
 *
 * @param kernels Take the numbers out of their blocks.
 * @param reader The file; it belongs to the result.
 * @param path What errors call it.
 * @throws {EddyError} `checkpoint_invalid` If it is damaged;
 * `model_unsupported` If it has a version or a type of numbers that is not read, naming it.
 */
export function readGguf(kernels: Kernels, reader: ByteReader, path: string): GgufFile {
  const fail = (reason: string): never => {
    throw new EddyError("checkpoint_invalid", `Cannot read '${path}': ${reason}`);
  };
  const unsupported = (reason: string): never => {
    throw new EddyError("model_unsupported", `Cannot load '${path}': ${reason}`);
  };
  try {
    const cursor = openCursor(reader, LARGEST_HEADER, fail);
    const header = readGgufHeader(cursor, reader.size, { fail, unsupported });
    const { version, metadata, tensors, start } = header;
    const checksums = openChecksums(kernels, reader, header, fail);
    const readBytes: GgufFile["readBytes"] = (name, from, to, into) => {
      const { begin } = tensors.get(name) ?? fail(`it has no tensor '${name}'`);
      const bytes = memoryOf(to - from, into);
      reader.readInto(start + begin + from, bytes);
      checksums?.seen(name, from, bytes);
      return bytes;
    };
    return {
      version,
      metadata,
      tensors,
      read(name): Tensor {
        const { type, typeId, shape, begin, end } = tensors.get(name) ?? fail(`it has no tensor '${name}'`);
        const values = new Float32Array((end - begin) / type.bytes * type.numbers);
        const step = Math.floor(PIECE / type.bytes) * type.bytes;
        for (let at = 0, filled = 0; at < end - begin; at += step) {
          const piece = kernels.dequantize(typeId, readBytes(name, at, Math.min(at + step, end - begin)));
          values.set(piece, filled);
          filled += piece.length;
        }
        return { shape, values };
      },
      readBytes,
      [Symbol.dispose](): void {
        checksums?.[Symbol.dispose]();
        reader[Symbol.dispose]();
      },
    };
  } catch (cause) {
    if (cause instanceof EddyError || cause instanceof BytesMissing) throw cause;
    throw new EddyError("checkpoint_invalid", `Cannot read '${path}': ${(cause as Error).message}`, { cause });
  }
}
