import { ShapeError } from "../errors.ts";

/**
 * Gives each token the number of its row.
 *
 * ```text
 * token t of row b gets rows[b]
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `rows` | `[rows]` | any | for example one advantage a sequence, or one a step |
 * | `rowLengths` | `[rows]` | tokens | Σ = tokens |
 *
 * @returns `[tokens]`.
 * @throws {ShapeError} If the two have different lengths.
 * @see own derivation; `test/rl/credit_test.ts`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { rowsToTokens } from "@eddy/eddy";
 * deepEqual([...rowsToTokens(Float32Array.of(5, 6), Uint32Array.of(2, 1))], [5, 5, 6]);
 * ```
 */
export function rowsToTokens(rows: Float32Array, rowLengths: Uint32Array): Float32Array {
  if (rows.length !== rowLengths.length) throw new ShapeError("rows", rowLengths.length, rows.length);
  const tokens = new Float32Array(rowLengths.reduce((sum, length) => sum + length, 0));
  let start = 0;
  rowLengths.forEach((length, row) => {
    tokens.fill(rows[row], start, start + length);
    start += length;
  });
  return tokens;
}
