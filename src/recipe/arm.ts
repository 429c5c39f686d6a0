import type { ArmRole, Cell, Measures, RecipeArm } from "./recipe.ts";

/**
 * An arm on one line.
 *
 * @param meaning What it does, in a sentence.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { arm } from "@eddy/eddy";
 * assert.equal(arm("baseline", "always the first", () => Promise.resolve({ success: 0 })).role, "baseline");
 * ```
 */
export function arm(role: ArmRole, meaning: string, run: (cell: Cell) => Promise<Measures>): RecipeArm {
  return { role, meaning, run };
}
