/**
 * Share of the relevant items that stand among the first `k` retrieved ones.
 *
 * ```text
 * recall@k = |{first k retrieved} ∩ relevant| / |relevant|
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `retrieved` | `[any]` | names | best first; one that stands there twice counts once |
 * | `relevant` | `[≥ 1]` | names | all that should be found, retrieved or not |
 * | `k` | 1 | items | a whole number of at least 1 |
 *
 * @returns In [0, 1]; with more than k relevant items 1 cannot be reached.
 * @throws {RangeError} If nothing is relevant, or `k` is no whole number of at least 1.
 * @see Manning, Raghavan & Schütze (2008), "Introduction to information retrieval", section 8.4
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { recallAt } from "@eddy/eddy";
 * equal(recallAt(["a", "b", "c"], ["c", "d"], 3), 1 / 2);
 * equal(recallAt(["a", "b", "c"], ["c", "d"], 2), 0);
 * ```
 */
export function recallAt(retrieved: readonly string[], relevant: readonly string[], k: number): number {
  const wanted = new Set(relevant);
  if (wanted.size === 0) throw new RangeError("Cannot measure recall: nothing is relevant");
  if (!(Number.isInteger(k) && k >= 1)) throw new RangeError(`Cannot measure recall of the first ${k} items`);
  const found = new Set(retrieved.slice(0, k).filter((item) => wanted.has(item)));
  return found.size / wanted.size;
}
