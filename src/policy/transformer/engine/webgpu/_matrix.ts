import type { WeightFormat } from "./shaders/product.ts";

/** Rows of a matrix that fit one buffer. */
export interface MatrixBlock {
  readonly buffer: GPUBuffer;
  readonly first: number;
  readonly rows: number;
}

/** A matrix [outer, inner] on the device, in blocks of rows where one buffer cannot hold it. */
export interface Matrix {
  readonly inner: number;
  readonly outer: number;
  readonly blocks: readonly MatrixBlock[];
}

/** Groups that a shader may have across, each with 4 outputs. */
const MOST_ROWS = 65_535 * 4;

/**
 * Copies a matrix to the device.
 *
 * @param parts Matrices [outer, inner] one below the other: they become one.
 */
export function uploadMatrix(
  device: GPUDevice,
  format: WeightFormat,
  inner: number,
  parts: readonly Float32Array[],
): Matrix {
  const bytes = inner * (format === "f32" ? 4 : 2);
  const most = Math.min(MOST_ROWS, Math.floor(device.limits.maxStorageBufferBindingSize / bytes));
  const outer = parts.reduce((sum, part) => sum + part.length / inner, 0);
  const blocks: MatrixBlock[] = [];
  for (let first = 0; first < outer; first += most) {
    const rows = Math.min(most, outer - first);
    const buffer = device.createBuffer({ size: rows * bytes, usage: 0x80 | 0x08 }); // storage, copy destination
    blocks.push({ buffer, first, rows });
  }
  let at = 0;
  for (const part of parts) {
    for (const block of blocks) {
      const from = Math.max(block.first, at), to = Math.min(block.first + block.rows, at + part.length / inner);
      if (from >= to) continue;
      const values = part.subarray((from - at) * inner, (to - at) * inner);
      const data = format === "f32" ? values : toHalf(values);
      device.queue.writeBuffer(block.buffer, (from - block.first) * bytes, data as Float32Array<ArrayBuffer>);
    }
    at += part.length / inner;
  }
  return { inner, outer, blocks };
}

function toHalf(values: Float32Array): Float16Array {
  return new Float16Array(values);
}
