import { ShapeError } from "../errors.ts";

/** A tree of continuations, as columns over its nodes; every parent stands before its children. */
export interface TreeColumns {
  /** `[nodes]`: index of the parent, −1 at a root. Several roots are several trees. */
  readonly parents: Int32Array;
  /** `[nodes]`, reward: outcome of each leaf; not read at inner nodes. */
  readonly outcomes: Float32Array;
}

/** What each node of a tree is worth. */
export interface TreeValues {
  /** `[nodes]`, reward. */
  readonly values: Float32Array;
  /** `[nodes]`, reward: value of a node minus its parent's: what this step changed; at a root 0. */
  readonly advantages: Float32Array;
  /** `[nodes]`: leaves below (a leaf has itself). Values of few leaves are noise. */
  readonly leaves: Uint32Array;
}

/**
 * Values of the nodes of a tree of continuations, from the outcomes of its leaves.
 *
 * ```text
 * v(leaf) = outcome        v(node) = mean over its children of v, or over all leaves below
 * A(node) = v(node) − v(parent)
 * ```
 *
 * `children` is the value under a policy that chooses each child alike (MALT); `leaves` counts every finished episode alike,
 * so a branch that was continued more often counts more (Tree-GRPO).
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `parents` | `[nodes]` | index | below the node's own index, or −1 |
 * | `outcomes` | `[nodes]` | reward | of leaves |
 *
 * @throws {ShapeError} If lengths differ.
 * @throws {RangeError} If a parent does not stand before its child.
 * @see arXiv 2412.01928 (MALT); arXiv 2509.21240 (Tree-GRPO).
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { treeValues } from "@eddy/eddy";
 * // 0 ─┬─ 1 ─┬─ 3: 1
 * //    │     └─ 4: 0
 * //    └─ 2: 1
 * const tree = { parents: Int32Array.of(-1, 0, 0, 1, 1), outcomes: Float32Array.of(0, 0, 1, 1, 0) };
 * deepEqual([...treeValues(tree).values], [0.75, 0.5, 1, 1, 0]);
 * deepEqual([...treeValues(tree).advantages], [0, -0.25, 0.25, 0.5, -0.5]);
 * ```
 */
export function treeValues(
  { parents, outcomes }: TreeColumns,
  { mean = "children" }: { readonly mean?: "children" | "leaves" } = {},
): TreeValues {
  const nodes = parents.length;
  if (outcomes.length !== nodes) throw new ShapeError("outcomes", nodes, outcomes.length);
  const sums = new Float64Array(nodes);
  const counts = new Float64Array(nodes);
  const leaves = new Uint32Array(nodes);
  const values = new Float64Array(nodes);
  for (let node = nodes - 1; node >= 0; node--) {
    const parent = parents[node];
    if (parent >= node || parent < -1) {
      throw new RangeError(`Cannot value node ${node}: its parent ${parent} does not stand before it`);
    }
    const leaf = counts[node] === 0;
    leaves[node] = leaf ? 1 : leaves[node];
    values[node] = leaf ? outcomes[node] : sums[node] / counts[node];
    if (parent === -1) continue;
    const weight = mean === "leaves" ? leaves[node] : 1;
    sums[parent] += weight * values[node];
    counts[parent] += weight;
    leaves[parent] += leaves[node];
  }
  return {
    values: Float32Array.from(values),
    advantages: Float32Array.from(values, (value, node) => parents[node] < 0 ? 0 : value - values[parents[node]]),
    leaves,
  };
}
