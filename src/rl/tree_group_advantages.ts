import type { Kernels } from "../kernels/mod.ts";
import { checkLengths } from "./_columns.ts";
import { groupAdvantages } from "./group_advantages.ts";

/** Columns of {@link treeGroupAdvantages}: finished episodes that grew on trees. */
export interface TreeGroupColumns {
  /** `[leaves]`, reward of each finished episode. */
  readonly outcomes: Float32Array;
  /** `[leaves]`: episodes of one tree have one number. */
  readonly trees: Uint32Array;
  /** `[leaves]`: trees of one task have one number. */
  readonly groups: Uint32Array;
}

/**
 * Tree-GRPO advantages: an episode against those that share its tree, plus against all of its task.
 *
 * ```text
 * A = (R − mean of the tree)/(deviation + ε) + (R − mean of the task)/(deviation + ε)
 * ```
 *
 * The first part says what the last branches changed, the second whether the tree as a whole was good. Leaves of one tree
 * share prefixes: they are fewer independent episodes than they look. A tree with one leaf has no first part.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `outcomes` R | `[leaves]` | reward | one a finished episode |
 *
 * @returns `[leaves]`.
 * @throws {ShapeError} If lengths differ.
 * @see arXiv 2509.21240 (Tree-GRPO).
 *
 * @example
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { loadKernels, treeGroupAdvantages } from "@eddy/eddy";
 * const [best] = treeGroupAdvantages(await loadKernels(), {
 *   outcomes: Float32Array.of(1, 0, 0, 0),
 *   trees: Uint32Array.of(0, 0, 1, 1),
 *   groups: Uint32Array.of(0, 0, 0, 0),
 * });
 * ok(Math.abs(best - (0.5 / Math.sqrt(0.5) + 0.75 / 0.5)) < 1e-4);
 * ```
 */
export function treeGroupAdvantages(
  kernels: Kernels,
  { outcomes, trees, groups }: TreeGroupColumns,
  { scale = "group" }: { readonly scale?: "group" | "none" } = {},
): Float32Array {
  checkLengths(outcomes.length, { trees, groups });
  const options = { scale, singleton: "zero" } as const;
  const inside = groupAdvantages(kernels, { rewards: outcomes, groups: trees }, options);
  const among = groupAdvantages(kernels, { rewards: outcomes, groups }, options);
  return inside.map((advantage, leaf) => advantage + among[leaf]);
}
