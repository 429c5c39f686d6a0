import type { Claim } from "./recipe.ts";

/**
 * A claim on one line: `measure(method) − measure(against) ≥ atLeast`.
 *
 * @param sentence What is said to be so, with its figure. @param measure The recipe's metric unless named.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { claim } from "@eddy/eddy";
 * assert.equal(claim("Failures are worth 0.08", "nat", "positives", 0.08).against, "positives");
 * ```
 */
export function claim(sentence: string, method: string, against: string, atLeast: number, measure?: string): Claim {
  return { sentence, method, against, atLeast, ...(measure === undefined ? {} : { measure }) };
}
