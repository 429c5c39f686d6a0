/**
 * Normalized discounted cumulative gain of a ranking, for items that are relevant or not.
 *
 * ```text
 * DCG@k = Σ_{i ≤ k, item i relevant} 1 / log2(i + 1)          ideal@k = Σ_{i ≤ min(k, |relevant|)} 1 / log2(i + 1)
 * NDCG@k = DCG@k / ideal@k
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `retrieved` | `[any]` | names | best first; one that stands there twice counts where it stands first |
 * | `relevant` | `[≥ 1]` | names | all that should be found: the ideal is over these, not over those that were retrieved |
 * | `k` | 1 | items | a whole number of at least 1 |
 *
 * @returns In [0, 1]; 1 when the relevant items, or k of them, stand first.
 * @throws {RangeError} If nothing is relevant, or `k` is no whole number of at least 1.
 * @see Järvelin & Kekäläinen (2002), "Cumulated gain-based evaluation of IR techniques", with gains of 0 and 1
 *
 * @example
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { ndcg } from "@eddy/eddy";
 * // Found second of two: (1 / log2 3) / (1 / log2 2 + 1 / log2 3) = 0.6309 / 1.6309.
 * ok(Math.abs(ndcg(["x", "a"], ["a", "b"], 5) - 0.38685) < 1e-5);
 * ```
 */
export function ndcg(retrieved: readonly string[], relevant: readonly string[], k: number): number {
  const wanted = new Set(relevant);
  if (wanted.size === 0) throw new RangeError("Cannot measure NDCG: nothing is relevant");
  if (!(Number.isInteger(k) && k >= 1)) throw new RangeError(`Cannot measure NDCG of the first ${k} items`);
  let ideal = 0;
  for (let place = 1; place <= Math.min(k, wanted.size); place++) ideal += 1 / Math.log2(place + 1);
  let gain = 0;
  for (const [index, item] of retrieved.slice(0, k).entries()) {
    if (wanted.delete(item)) gain += 1 / Math.log2(index + 2);
  }
  return gain / ideal;
}
