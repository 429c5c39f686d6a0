/** What to keep. */
export interface FilterOptions<Item> {
  /** Only these. Default all. */
  readonly where?: (item: Item, index: number) => boolean;
  /** Of these only the best: `share` of them in (0, 1], rounded up, by their score; of equal ones the earlier. */
  readonly top?: { readonly share: number; readonly by: (item: Item) => number };
}

/** Above what rounding makes of `0.1 · 30`. */
const ROUNDING = 1e-9;

/**
 * Keeps what is good enough, in the order it came in.
 *
 * @throws {RangeError} If the share is not in (0, 1] or a score is NaN.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { filter } from "@eddy/eddy";
 * const items = [3, 9, -1, 5];
 * deepEqual(filter(items, { where: (item) => item > 0, top: { share: 0.5, by: (item) => item } }), [9, 5]);
 * ```
 */
export function filter<Item>(items: readonly Item[], { where = () => true, top }: FilterOptions<Item>): Item[] {
  const kept = items.filter(where);
  if (!top) return kept;
  if (!(top.share > 0 && top.share <= 1)) throw new RangeError(`Cannot keep a share of ${top.share}: expected (0, 1]`);
  const scores = kept.map(top.by);
  const unknown = scores.findIndex(Number.isNaN);
  if (unknown >= 0) throw new RangeError(`Cannot keep the best: the score of item ${unknown} is NaN`);
  const count = Math.ceil(top.share * kept.length - ROUNDING);
  const byScore = (a: number, b: number): number => scores[a] === scores[b] ? a - b : scores[b] > scores[a] ? 1 : -1;
  const best = new Set([...kept.keys()].sort(byScore).slice(0, count));
  return kept.filter((_, index) => best.has(index));
}
