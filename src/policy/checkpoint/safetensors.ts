import { EddyError } from "../../errors.ts";
import type { ByteReader } from "./byte_reader.ts";
import { BytesMissing } from "./loaded_bytes.ts";
import { memoryOf } from "./memory_of.ts";
import { openFileReader } from "./read_range.ts";
import { parseSafetensorsHeader, type SafetensorsDtype, type TensorEntry } from "./safetensors_header.ts";

/** A named array with its shape; what a checkpoint is made of. */
export interface Tensor {
  /** Sizes, outermost first; empty for a scalar. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float32Array;
}

/** An open safetensors file: its table of contents, and the tensors one at a time. Dispose it to close the file. */
export interface SafetensorsFile extends Disposable {
  /** Name to place, in the order of the header. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** What `__metadata__` says. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Reads one tensor; F16, BF16 and F64 become float32. @throws {EddyError} If the dtype is not a float. */
  read(name: string): Tensor;
  /** Bytes `begin` to `end` of one tensor. @param into Memory for them; new where it is left out, or too small. */
  readBytes(name: string, begin: number, end: number, into?: Uint8Array): Uint8Array;
}

/** No header of a real model comes near; a larger one is damage or an attack. */
const LARGEST_HEADER = 100_000_000;

/**
 * Opens a safetensors file on disk.
 *
 * @throws {EddyError} `checkpoint_missing` If there is no such file; else as {@linkcode readSafetensors}.
 */
export function openSafetensors(path: string): SafetensorsFile {
  const reader = openFileReader(path);
  try {
    return readSafetensors(reader, path);
  } catch (error) {
    reader[Symbol.dispose]();
    throw error;
  }
}

/**
 * Reads the header of a safetensors file and checks everything that it says against the length of the file.
 *
 * Nothing is allocated from a size that the file announces before that size is checked; tensors are read one at a time.
 *
 * @param reader The file; it belongs to the result.
 * @param path What errors call it.
 * @throws {EddyError} `checkpoint_invalid` If it is damaged, or changes while it is read.
 */
export function readSafetensors(reader: ByteReader, path: string): SafetensorsFile {
  const fail = (reason: string): never => {
    throw new EddyError("checkpoint_invalid", `Cannot read '${path}': ${reason}`);
  };
  try {
    const { size } = reader;
    if (size < 8) fail(`${size} bytes are too few for a safetensors file`);
    const announced = new DataView(reader.read(0, 8)).getBigUint64(0, true);
    if (announced > BigInt(size - 8)) fail(`its header should have ${announced} bytes, the file has ${size}`);
    if (announced > LARGEST_HEADER) fail(`its header should have ${announced} bytes, over the limit`);
    const start = 8 + Number(announced);
    const { tensors, metadata } = parseSafetensorsHeader(new Uint8Array(reader.read(8, start - 8)), size - start, path);
    return {
      tensors,
      metadata,
      read: (name): Tensor => {
        const entry = tensors.get(name) ?? fail(`it has no tensor '${name}'`);
        const bytes = reader.read(start + entry.begin, entry.end - entry.begin);
        const values = widen(bytes, entry.dtype) ?? fail(`the tensor '${name}' has dtype ${entry.dtype}, not a float`);
        return { shape: entry.shape, values };
      },
      readBytes(name, from, to, into): Uint8Array {
        const { begin } = tensors.get(name) ?? fail(`it has no tensor '${name}'`);
        const bytes = memoryOf(to - from, into);
        reader.readInto(start + begin + from, bytes);
        return bytes;
      },
      [Symbol.dispose]: () => reader[Symbol.dispose](),
    };
  } catch (cause) {
    if (cause instanceof EddyError || cause instanceof BytesMissing) throw cause;
    throw new EddyError("checkpoint_invalid", `Cannot read '${path}': ${(cause as Error).message}`, { cause });
  }
}

function widen(bytes: ArrayBuffer, dtype: SafetensorsDtype): Float32Array | undefined {
  if (dtype === "F32") return new Float32Array(bytes);
  if (dtype === "F64") return Float32Array.from(new Float64Array(bytes));
  if (dtype !== "BF16" && dtype !== "F16") return undefined;
  const halves = new Uint16Array(bytes);
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = dtype === "BF16" ? halves[i] << 16 : halfBits(halves[i]);
  return new Float32Array(words.buffer);
}

/** The bits of the float32 that equals a float16. */
function halfBits(half: number): number {
  const sign = (half & 0x8000) << 16, exponent = (half >> 10) & 31, fraction = half & 1023;
  if (exponent === 31) return sign | 0x7f800000 | (fraction << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // Subnormal: shift until the leading bit stands where normal numbers hide theirs.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 1023) << 13);
}

/**
 * The bytes of a safetensors file holding float32 tensors, in the given order.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { encodeSafetensors } from "@eddy/eddy";
 * const bytes = encodeSafetensors(new Map([["a", { shape: [2], values: Float32Array.of(1, 2) }]]));
 * assert.ok(bytes.length % 8 === 0);
 * ```
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const entries: [string, unknown][] = Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : [];
  let end = 0;
  for (const [name, { shape, values }] of tensors) {
    const begin = end;
    end += values.byteLength;
    entries.push([name, { dtype: "F32", shape, data_offsets: [begin, end] }]);
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const start = 8 + Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(32, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(text, 8);
  let at = start;
  for (const { values } of tensors.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}
