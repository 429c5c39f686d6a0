import { ShapeError } from "../errors.ts";

/**
 * Spearman's rank correlation: whether two columns put the same steps in the same order.
 *
 * ```text
 * ρ = correlation of the ranks; equal values share the mean of their ranks
 * ```
 *
 * @returns Between −1 and 1; NaN where a column does not vary, has fewer than two values, or holds a NaN: nothing can be said.
 * @throws {ShapeError} If lengths differ.
 * @see Spearman (1904), "The proof and measurement of association between two things".
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { rankCorrelation } from "@eddy/eddy";
 * equal(rankCorrelation([1, 2, 3], [10, 20, 1000]), 1);
 * ```
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new ShapeError("b", a.length, b.length);
  const [x, y] = [ranksOf(a), ranksOf(b)];
  const middle = (a.length + 1) / 2;
  let [both, squaresX, squaresY] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    both += (x[i] - middle) * (y[i] - middle);
    squaresX += (x[i] - middle) ** 2;
    squaresY += (y[i] - middle) ** 2;
  }
  return both / Math.sqrt(squaresX * squaresY);
}

/** Ranks from 1; NaN everywhere if one value is. */
function ranksOf(values: ArrayLike<number>): Float64Array {
  const ranks = new Float64Array(values.length);
  const order = Uint32Array.from(ranks.keys()).sort((i, j) => values[i] - values[j]);
  if (Array.from(values).some(Number.isNaN)) return ranks.fill(NaN);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let k = from; k < to; k++) ranks[order[k]] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}
