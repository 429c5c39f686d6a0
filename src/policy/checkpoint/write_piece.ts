import type { MatrixEncoding } from "./encode_rows.ts";
import type { ModelPiece } from "./model_source.ts";
import type { PartFile } from "./part_file.ts";

/** Where the rows of one of the model's tensors go in a file. Numbers of a vector are its rows. */
export interface RowPlace {
  /** First byte of the stored tensor that they are part of. */
  readonly start: number;
  /** Rows of other parts before them. */
  readonly before: number;
  /** Their number. */
  readonly rows: number;
  /** Numbers of a row. */
  readonly width: number;
  /** Bytes of a row. */
  readonly rowBytes: number;
  /** How they are written. */
  readonly encoding: MatrixEncoding;
  /** Not 0: the model's rows (i, i + d/2) of each of so many heads go to (2i, 2i + 1). */
  readonly pairedHeads: number;
  /** Not 0: the file has [in, out] with so many columns, and the rows are columns. */
  readonly columns?: number;
}

/** Writes encoded rows of a piece to their places. */
export function writePiece(
  file: Pick<PartFile, "write">,
  place: RowPlace,
  { first, pairedHeads }: ModelPiece,
  bytes: Uint8Array,
): void {
  const { start, before, rowBytes, columns = 0 } = place;
  const count = bytes.length / rowBytes;
  if (columns > 0) return writeColumns(file, place, first, bytes);
  if (pairedHeads === place.pairedHeads) return file.write(bytes, start + (before + first) * rowBytes);
  for (let row = 0; row < count; row++) {
    const own = modelRow(first + row, place.rows, pairedHeads);
    const to = pairedRow(own, place.rows, place.pairedHeads);
    file.write(bytes.subarray(row * rowBytes, (row + 1) * rowBytes), start + (before + to) * rowBytes);
  }
}

/** [rows, width] as columns of [width, columns]. */
function writeColumns(file: Pick<PartFile, "write">, place: RowPlace, first: number, bytes: Uint8Array): void {
  const { start, before, width, rowBytes, columns = 0 } = place;
  const size = rowBytes / width, count = bytes.length / rowBytes;
  for (let column = 0; column < width; column++) {
    const line = new Uint8Array(count * size);
    for (let row = 0; row < count; row++) {
      const from = row * rowBytes + column * size;
      line.set(bytes.subarray(from, from + size), row * size);
    }
    file.write(line, start + (column * columns + before + first) * size);
  }
}

/** The model's row that a file's row is. */
export function modelRow(row: number, rows: number, pairedHeads: number): number {
  if (pairedHeads === 0) return row;
  const height = rows / pairedHeads, inside = row % height;
  return row - inside + inside % 2 * (height / 2) + (inside >> 1);
}

/** The file's row that a row of the model is: the inverse of {@linkcode modelRow}. */
function pairedRow(row: number, rows: number, pairedHeads: number): number {
  if (pairedHeads === 0) return row;
  const height = rows / pairedHeads, inside = row % height;
  return row - inside + (inside < height / 2 ? 2 * inside : 2 * inside - height + 1);
}
