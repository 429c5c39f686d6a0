import { BLOCK, isPackedFormat, QUADS, TILE_ROWS, type WeightFormat } from "./shaders/stored_weights.ts";

/** Rows of a matrix that fit one buffer. */
export interface MatrixPiece {
  readonly weights: GPUBuffer;
  readonly scales: GPUBuffer;
  readonly first: number;
  readonly rows: number;
}

/** A matrix [outer, inner] on the device, in pieces of rows where one buffer cannot hold it. */
export interface Matrix {
  readonly format: WeightFormat;
  readonly inner: number;
  readonly outer: number;
  readonly pieces: readonly MatrixPiece[];
  /** Tiles of which some rows are still missing, by number. */
  readonly begun: Map<number, Tile>;
}

interface Tile {
  readonly weights: Uint16Array<ArrayBuffer>;
  readonly scales: Uint16Array<ArrayBuffer>;
  rows: number;
}

/** Groups that a shader may have across, each with at least 8 outputs. */
const MOST_ROWS = 65_535 * 8;
/** Shorts of a vector of four words. */
const QUAD = 8;

/** Bytes of a tile of eight rows, of weights and of scales. */
function tileBytes(format: WeightFormat, inner: number): { readonly weights: number; readonly scales: number } {
  const blocks = Math.ceil(inner / BLOCK);
  return {
    weights: blocks * QUADS[format] * TILE_ROWS * QUAD * 2,
    scales: isPackedFormat(format) ? blocks * TILE_ROWS * 2 : 0,
  };
}

/** Bytes of a matrix on the device. */
export function matrixBytes(format: WeightFormat, inner: number, outer: number): number {
  const { weights, scales } = tileBytes(format, inner);
  return Math.ceil(outer / TILE_ROWS) * (weights + scales);
}

/** Whether eight rows fit a buffer. */
export function matrixFits(limits: GPUSupportedLimits, format: WeightFormat, inner: number): boolean {
  return fittingRows(limits, format, inner) > 0;
}

function fittingRows(
  { maxStorageBufferBindingSize, maxBufferSize }: GPUSupportedLimits,
  format: WeightFormat,
  inner: number,
): number {
  const tiles = Math.floor(Math.min(maxStorageBufferBindingSize, maxBufferSize) / tileBytes(format, inner).weights);
  return Math.min(MOST_ROWS, tiles * TILE_ROWS);
}

/** Makes room for a matrix that fits, in as many buffers as the device's limits ask for. */
export function allocateMatrix(device: GPUDevice, format: WeightFormat, inner: number, outer: number): Matrix {
  const most = fittingRows(device.limits, format, inner);
  if (most === 0) throw new RangeError(`Cannot allocate: eight rows of ${inner} weights do not fit a buffer`);
  const tile = tileBytes(format, inner);
  const pieces: MatrixPiece[] = [];
  for (let first = 0; first < outer; first += most) {
    const rows = Math.min(most, outer - first);
    const tiles = Math.ceil(rows / TILE_ROWS);
    const [weights, scales] = [tile.weights, tile.scales].map((bytes) =>
      device.createBuffer({ size: Math.max(16, tiles * bytes), usage: 0x80 | 0x08 }) // storage, copy destination
    );
    pieces.push({ weights, scales, first, rows });
  }
  return { format, inner, outer, pieces, begun: new Map() };
}

/**
 * Copies rows to the device; a tile travels when its last row is there.
 *
 * @param bytes Blocks of `encodeRows`, rows of whole blocks.
 * @param rowOf Where row i of them goes.
 */
export function writeMatrixRows(
  device: GPUDevice,
  { format, inner, outer, pieces, begun }: Matrix,
  bytes: Uint8Array<ArrayBuffer>,
  rowOf: (row: number) => number,
): void {
  const blocks = Math.ceil(inner / BLOCK), quads = QUADS[format], packed = isPackedFormat(format);
  const size = tileBytes(format, inner);
  const blockShorts = quads * QUAD + (packed ? 1 : 0), rowShorts = blocks * blockShorts;
  const shorts = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  const whole: number[] = [];
  for (let row = 0; row * rowShorts < shorts.length; row++) {
    const place = rowOf(row), index = Math.floor(place / TILE_ROWS), inside = place % TILE_ROWS;
    let tile = begun.get(index);
    if (tile === undefined) {
      tile = { weights: new Uint16Array(size.weights / 2), scales: new Uint16Array(size.scales / 2), rows: 0 };
      begun.set(index, tile);
    }
    let from = row * rowShorts;
    for (let block = 0; block < blocks; block++) {
      if (packed) tile.scales[block * TILE_ROWS + inside] = shorts[from++];
      for (let quad = 0; quad < quads; quad++) {
        const to = ((block * quads + quad) * TILE_ROWS + inside) * QUAD;
        for (let i = 0; i < QUAD; i++) tile.weights[to + i] = shorts[from++];
      }
    }
    if (++tile.rows === Math.min(TILE_ROWS, outer - index * TILE_ROWS)) whole.push(index);
  }
  for (const index of whole) {
    const row = index * TILE_ROWS;
    const piece = pieces.find(({ first, rows }) => row >= first && row < first + rows)!;
    const at = (row - piece.first) / TILE_ROWS;
    const { weights, scales } = begun.get(index)!;
    begun.delete(index);
    device.queue.writeBuffer(piece.weights, at * size.weights, weights);
    if (packed) device.queue.writeBuffer(piece.scales, at * size.scales, scales);
  }
}
