/**
 * The known name that is fewest edits away from `name`: for "did you mean" in errors about unknown keys, flags, presets.
 *
 * An edit is one character put in, taken out, changed, or swapped with its neighbor. Ties go to the earlier name.
 *
 * @param name What was written. @param known The names that exist.
 * @returns The nearest of `known`, or undefined when there are none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { nearest } from "@eddy/eddy";
 * assert.ok(nearest("lernig-rate", ["seed", "learning-rate"]) === "learning-rate");
 * ```
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Infinity;
  for (const candidate of known) {
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

/** Optimal string alignment distance, three rows at a time. */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const change = last[j - 1] + (left[i - 1] === right[j - 1] ? 0 : 1);
      row[j] = Math.min(change, last[j] + 1, row[j - 1] + 1);
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (swapped) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    [beforeLast, last] = [last, row];
  }
  return last[right.length];
}
