import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { fromHalf, toHalf } from "./half_bits.ts";

/** How a matrix is written: floats, or blocks of 32 that the packed kernels keep bit for bit. */
export type MatrixEncoding = "f32" | "f16" | "bf16" | "e4" | "e7" | "q8";

/** The `ggml_type` of an encoding, and its blocks. E7 has the blocks of Q8_0 with integers of 7 bits. */
export const ENCODINGS: Readonly<
  Record<MatrixEncoding, { readonly typeId: number; readonly numbers: number; readonly bytes: number }>
> = {
  f32: { typeId: 0, numbers: 1, bytes: 4 },
  f16: { typeId: 1, numbers: 1, bytes: 2 },
  bf16: { typeId: 30, numbers: 1, bytes: 2 },
  e4: { typeId: 2, numbers: 32, bytes: 18 },
  e7: { typeId: 8, numbers: 32, bytes: 34 },
  q8: { typeId: 8, numbers: 32, bytes: 34 },
};

const BLOCK = 32;
const RANGES = { e4: [-8, 7], e7: [-63, 63], q8: [-127, 127] } as const;
const F32 = 0, Q4_0 = 2, Q5_0 = 6, Q8_0 = 8, IQ4_NL = 20;
/** Bytes of the blocks that are one scale and 32 integers. */
const CODED: Readonly<Record<number, number>> = { [Q4_0]: 18, [Q5_0]: 22, [Q8_0]: 34, [IQ4_NL]: 18 };
/** What the four bits of IQ4_NL stand for. */
const LEVELS = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

/**
 * Rows of a matrix in another encoding, by the rule of the packed kernels: a row whose integers all fit is kept exactly,
 * any other is taken out of its blocks and, for `e4`, `e7` and `q8`, quantised anew.
 *
 * ```text
 * format | q           | scale, as float16
 * e4     | −8 .. 7     | (number of largest size) / −8
 * e7     | −63 .. 63   | max|x| / 63
 * q8     | −127 .. 127 | max|x| / 127
 * q = round(x / scale), ties to even, cut to the range
 * ```
 *
 * @param typeId The `ggml_type` of the rows.
 * @param width Numbers of a row.
 * @throws {EddyError} `weights_not_finite` If a number is not finite, or too large for the encoding.
 */
export function encodeRows(
  kernels: Pick<Kernels, "dequantize">,
  encoding: MatrixEncoding,
  { typeId, bytes, width, name }: {
    readonly typeId: number;
    readonly bytes: Uint8Array;
    readonly width: number;
    readonly name: string;
  },
): Uint8Array {
  const refuse = (): never => {
    const state = `'${name}' has a weight that is not finite, or too large for '${encoding}'`;
    throw new EddyError("weights_not_finite", `Cannot write the model: ${state}`);
  };
  if (encoding === "f32" || encoding === "f16" || encoding === "bf16") {
    if (typeId === ENCODINGS[encoding].typeId) return hasNotFinite(encoding, bytes) ? refuse() : bytes;
    const values = rowNumbers(kernels, typeId, bytes);
    if (!values.every((value) => Number.isFinite(value))) refuse();
    return encoding === "f32" ? bytesOf(values) : encoding === "f16" ? halves(values, refuse) : shortFloats(values);
  }
  const { numbers, bytes: blockBytes } = ENCODINGS[encoding];
  if (width % numbers !== 0) throw new RangeError(`Cannot encode: rows of ${width} are no blocks of ${numbers}`);
  const coded = CODED[typeId];
  if (coded === undefined) return quantize(encoding, rowNumbers(kernels, typeId, bytes), refuse);
  const rowBytes = width / BLOCK * coded;
  const rows = bytes.length / rowBytes;
  const out = new Uint8Array(rows * width / BLOCK * blockBytes);
  for (let row = 0; row < rows; row++) {
    const from = bytes.subarray(row * rowBytes, (row + 1) * rowBytes);
    const kept = keep(encoding, typeId, from);
    out.set(
      kept ?? quantize(encoding, rowNumbers(kernels, typeId, from), refuse),
      row * width / BLOCK * blockBytes,
    );
  }
  return out;
}

/** The bits of an exponent that NaN and infinity have, in the last two bytes of a number. */
const NOT_FINITE = { f32: 0x7f80, f16: 0x7c00, bf16: 0x7f80 } as const;

/** Whether a number among these floats is none. */
function hasNotFinite(encoding: keyof typeof NOT_FINITE, bytes: Uint8Array): boolean {
  const size = ENCODINGS[encoding].bytes, bits = NOT_FINITE[encoding];
  for (let at = size - 2; at < bytes.length; at += size) {
    if (((bytes[at] | bytes[at + 1] << 8) & bits) === bits) return true;
  }
  return false;
}

/** The numbers of whole blocks. */
export function rowNumbers(kernels: Pick<Kernels, "dequantize">, typeId: number, bytes: Uint8Array): Float32Array {
  if (typeId !== F32) return kernels.dequantize(typeId, bytes);
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function halves(values: Float32Array, refuse: () => never): Uint8Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    out[i] = toHalf(values[i]);
    if ((out[i] & 0x7c00) === 0x7c00) refuse();
  }
  return new Uint8Array(out.buffer);
}

/** The first half of each float32, rounded to even. */
function shortFloats(values: Float32Array): Uint8Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < words.length; i++) out[i] = (words[i] + 0x7fff + (words[i] >>> 16 & 1)) >>> 16;
  return new Uint8Array(out.buffer);
}

/** A row of integers as they are; undefined where one does not fit. */
function keep(format: keyof typeof RANGES, typeId: number, row: Uint8Array): Uint8Array | undefined {
  const size = CODED[typeId], [low, high] = RANGES[format];
  const writer = blockWriter(format, row.length / size);
  const integers = new Int8Array(BLOCK);
  for (let at = 0; at < row.length; at += size) {
    const block = row.subarray(at, at + size);
    readCodes(typeId, block, integers);
    const half = block[0] | block[1] << 8;
    if ((half & 0x7c00) === 0x7c00) return undefined;
    for (const q of integers) if (q < low || q > high) return undefined;
    writer.put(half, integers);
  }
  return writer.bytes;
}

function readCodes(typeId: number, block: Uint8Array, out: Int8Array): void {
  for (let i = 0; i < BLOCK; i++) {
    const nibble = (start: number): number => block[start + i % 16] >> (i < 16 ? 0 : 4) & 15;
    if (typeId === Q8_0) out[i] = block[2 + i];
    else if (typeId === Q4_0) out[i] = nibble(2) - 8;
    else if (typeId === IQ4_NL) out[i] = LEVELS[nibble(2)];
    else out[i] = (nibble(6) | (block[2 + (i >> 3)] >> (i & 7) & 1) << 4) - 16;
  }
}

function quantize(format: keyof typeof RANGES, x: Float32Array, refuse: () => never): Uint8Array {
  const [low, high] = RANGES[format];
  const writer = blockWriter(format, x.length / BLOCK);
  const integers = new Int8Array(BLOCK);
  for (let at = 0; at < x.length; at += BLOCK) {
    let largest = 0;
    for (let i = 0; i < BLOCK; i++) {
      const value = x[at + i];
      if (!Number.isFinite(value)) refuse();
      if (Math.abs(value) > Math.abs(largest)) largest = value;
    }
    const half = toHalf(Math.fround(format === "e4" ? largest / low : Math.abs(largest) / high));
    const scale = fromHalf(half);
    if (!Number.isFinite(scale)) refuse();
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    for (let i = 0; i < BLOCK; i++) {
      const q = roundEven(Math.fround(x[at + i] * inverse));
      integers[i] = q < low ? low : q > high ? high : q;
    }
    writer.put(half, integers);
  }
  return writer.bytes;
}

/** To the nearest whole number, ties to even: exact below 2^51. */
function roundEven(x: number): number {
  const shift = 6755399441055744; // 1.5 · 2^52: numbers of this size have no fraction
  return x + shift - shift;
}

/** Blocks of Q4_0 or Q8_0, one after the other. */
function blockWriter(
  format: keyof typeof RANGES,
  blocks: number,
): { readonly bytes: Uint8Array; put(half: number, integers: Int8Array): void } {
  const size = ENCODINGS[format].bytes;
  const bytes = new Uint8Array(blocks * size);
  let at = 0;
  return {
    bytes,
    put(half, integers): void {
      bytes[at] = half & 255;
      bytes[at + 1] = half >>> 8;
      if (format === "e4") {
        for (let i = 0; i < 16; i++) bytes[at + 2 + i] = integers[i] + 8 | integers[i + 16] + 8 << 4;
      } else for (let i = 0; i < BLOCK; i++) bytes[at + 2 + i] = integers[i];
      at += size;
    },
  };
}
