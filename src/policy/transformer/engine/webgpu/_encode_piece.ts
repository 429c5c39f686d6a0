import { EddyError } from "../../../../errors.ts";
import type { Kernels } from "../../../../kernels/mod.ts";
import { encodeRows, rowNumbers } from "../../../checkpoint/encode_rows.ts";
import { type ModelConfig, type ModelPiece, modelTensors } from "../../../checkpoint/mod.ts";
import { isPackedFormat } from "./shaders/stored_weights.ts";
import { type DeviceFormats, type DevicePiece, formatOf, paddedWidth } from "./_weights.ts";

/**
 * Rows of a model's file as the device keeps them, by the rule of the packed kernels: what fits a format stays exactly.
 *
 * @throws {EddyError} `weights_not_finite` If a weight is not finite, or too large for its format.
 */
export function encodePiece(
  kernels: Encoders,
  config: ModelConfig,
  { name, typeId, first, bytes, pairedHeads }: ModelPiece,
  formats: DeviceFormats,
): DevicePiece {
  const format = formatOf(config, name, formats);
  const width = modelTensors(config).get(name)?.[1] ?? config.hiddenSize;
  if (format !== undefined && isPackedFormat(format) && kernels.packRows) {
    return { name, first, bytes: owned(packed(kernels.packRows, format, typeId, width, bytes, name)), pairedHeads };
  }
  const padded = format === undefined ? width : paddedWidth(width);
  const rows = padded === width
    ? { typeId, bytes, width, name }
    : { typeId: 0, bytes: paddedRows(rowNumbers(kernels, typeId, bytes), width, padded), width: padded, name };
  return { name, first, bytes: owned(encodeRows(kernels, format ?? "f32", rows)), pairedHeads };
}

/** The same of a whole tensor in float32. */
export function encodeNumbers(
  config: ModelConfig,
  name: string,
  { buffer, byteOffset, byteLength }: Float32Array,
  formats: DeviceFormats,
): DevicePiece {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return encodePiece(NO_BLOCKS, config, { name, typeId: 0, first: 0, bytes, pairedHeads: 0 }, formats);
}

/** What encodes: without `packRows`, slower. */
type Encoders = Pick<Kernels, "dequantize"> & Partial<Pick<Kernels, "packRows">>;

function packed(
  packRows: Kernels["packRows"],
  format: "e4" | "e7" | "q8",
  typeId: number,
  width: number,
  bytes: Uint8Array,
  name: string,
): Uint8Array {
  try {
    return packRows(format, typeId, width, bytes);
  } catch (cause) {
    const message = `Cannot put '${name}' on the GPU: ${(cause as Error).message}`;
    throw new EddyError("weights_not_finite", message, { cause });
  }
}

/** Float32 is in no blocks. */
const NO_BLOCKS: Encoders = {
  dequantize(typeId): Float32Array {
    throw new RangeError(`Cannot encode: type ${typeId} is not float32`);
  },
};

function paddedRows(numbers: Float32Array, width: number, padded: number): Uint8Array {
  const rows = numbers.length / width;
  const whole = new Float32Array(rows * padded);
  for (let row = 0; row < rows; row++) whole.set(numbers.subarray(row * width, (row + 1) * width), row * padded);
  return new Uint8Array(whole.buffer);
}

/** Memory of its own, which may travel to another thread; what stays as it stood in a file may share it. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer
    ? bytes as Uint8Array<ArrayBuffer>
    : bytes.slice();
}
