import { checkLengths, type RowColumns, rowsOf } from "./_columns.ts";

/** Columns of {@link optimalTokenBaseline}. */
export interface OptimalBaselineColumns extends RowColumns {
  /** `[tokens]`, reward: return from each token on. */
  readonly returns: Float32Array;
  /** `[tokens]`: squared length of the score at each token, {@link scoreEnergy}. */
  readonly energies: Float32Array;
  /** `[rows]`: rows that answer the same request have one number; default all. */
  readonly groups?: Uint32Array;
}

/**
 * Optimal token baseline: of all baselines that depend on the request and the position alone the one with the least variance,
 * when the scores of different tokens are uncorrelated.
 *
 * ```text
 * W_t = Σ_{j ≤ t} energy_j        B_t = Σ_i G_t W_t / Σ_i W_t over the rows i of a group that reach position t
 * A_t = G_t − B_t
 * ```
 *
 * Positions count learnable tokens. A row that alone reaches a position has advantage 0 there: combine it with a tracker
 * where requests come once. Each row is part of its own baseline, as in the reference: a bias that falls with 1/rows.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `returns` G | `[tokens]` | reward | |
 * | `energies` | `[tokens]` | 1 | `1 − 2π_a + Σ π²` |
 *
 * @returns `[tokens]`, reward: advantages; 0 where the mask is.
 * @throws {ShapeError} If lengths do not fit.
 * @see verl, "Optimal token baseline" (2025); the weights are those of Greensmith, Bartlett & Baxter (2004), "Variance
 * reduction techniques for gradient estimates".
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { optimalTokenBaseline } from "@eddy/eddy";
 * const advantages = optimalTokenBaseline({
 *   returns: Float32Array.of(4, 0),
 *   energies: Float32Array.of(3, 1),
 *   rowLengths: Uint32Array.of(1, 1),
 * });
 * deepEqual([...advantages], [1, -3]); // the baseline is (4·3 + 0·1)/4 = 3
 * ```
 */
export function optimalTokenBaseline(columns: OptimalBaselineColumns): Float32Array {
  const { returns, energies, groups } = columns;
  checkLengths(returns.length, { energies });
  const { mask, rowLengths } = rowsOf(columns, returns.length);
  checkLengths(rowLengths.length, { groups });
  const weights = new Float64Array(returns.length);
  const sums = new Map<string, { weighted: number; weight: number; plain: number; count: number }>();
  const places: string[] = [];
  let t = 0;
  rowLengths.forEach((length, row) => {
    let [position, accumulated] = [0, 0];
    for (const end = t + length; t < end; t++) {
      if (!mask[t]) continue;
      weights[t] = accumulated += energies[t];
      const place = places[t] = `${groups?.[row] ?? 0} ${position++}`;
      const sum = sums.get(place) ?? { weighted: 0, weight: 0, plain: 0, count: 0 };
      sum.weighted += returns[t] * weights[t];
      sum.weight += weights[t];
      sum.plain += returns[t];
      sum.count += 1;
      sums.set(place, sum);
    }
  });
  return returns.map((value, t) => {
    if (!mask[t]) return 0;
    const { weighted, weight, plain, count } = sums.get(places[t])!;
    return value - (weight === 0 ? plain / count : weighted / weight); // without energy any baseline is as good
  });
}
