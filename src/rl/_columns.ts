import { ShapeError } from "../errors.ts";
import type { AggregationMode, AggregationOptions } from "./aggregation.ts";

/** Columns that every objective has: which tokens are learnable, and where rows (sequences) end. */
export interface RowColumns {
  /** `[tokens]`, 0 = not learnable; default all learnable. Values under a 0 never matter. */
  readonly mask?: Uint8Array;
  /** `[rows]`, tokens of each row, one after the other; default one row. */
  readonly rowLengths?: Uint32Array;
}

const CODES: Record<AggregationMode, number> = {
  "token-mean": 0,
  "token-sum": 1,
  "seq-mean-token-sum": 2,
  "seq-mean-token-mean": 3,
  "seq-mean-token-sum-norm": 4,
};

/** What an absent column is to Rust. */
export const ABSENT: Float32Array = new Float32Array(0);

/** @throws {ShapeError} If a column that is present has another length than `expected`. */
export function checkLengths(expected: number, columns: Record<string, ArrayLike<number> | undefined>): void {
  for (const [name, column] of Object.entries(columns)) {
    if (column && column.length !== expected) throw new ShapeError(name, expected, column.length);
  }
}

/** Mask and rows with their defaults, checked. @throws {ShapeError} If they do not cover `tokens`. */
export function rowsOf(columns: RowColumns, tokens: number): { mask: Uint8Array; rowLengths: Uint32Array } {
  const mask = columns.mask ?? new Uint8Array(tokens).fill(1);
  const rowLengths = columns.rowLengths ?? Uint32Array.of(tokens);
  checkLengths(tokens, { mask });
  const covered = rowLengths.reduce((sum, length) => sum + length, 0);
  if (covered !== tokens) throw new ShapeError("rowLengths", `a sum of ${tokens}`, covered);
  return { mask, rowLengths };
}

/** Options as the numbers that Rust takes. @throws {TypeError} If the mode is unknown. */
export function aggregationArguments(options: AggregationOptions): [number, number, number, number] {
  const code = CODES[options.aggregation ?? "token-mean"];
  if (code === undefined) {
    throw new TypeError(`Cannot aggregate by '${options.aggregation}': use one of ${Object.keys(CODES).join(", ")}`);
  }
  return [code, options.norm ?? 0, options.globalTokens ?? 0, options.globalRows ?? 0];
}
