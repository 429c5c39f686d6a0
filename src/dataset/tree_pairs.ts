/** What is read of a node; every parent stands before its children. */
export interface TreeBranch {
  /** Index of the parent, −1 at a root. */
  readonly parent: number;
  /** What led here from the parent. */
  readonly action: string;
  /** How often it was come through. */
  readonly visits: number;
  /** Mean return of having done so. */
  readonly value: number;
}

/** Two children of one node, as indices. */
export interface TreePreference {
  /** The node where there was a choice. */
  readonly parent: number;
  readonly chosen: number;
  readonly rejected: number;
  /** Value of the one minus that of the other. */
  readonly gap: number;
}

/** Which pairs. */
export interface TreePairsOptions {
  /** θ: the gap must be larger. Default 0. */
  readonly theta?: number;
  /** Both must have been come through so often: values of few visits are noise. Default 1. */
  readonly leastVisits?: number;
  /** The better one must be worth more than this: "less bad" is no evidence. Default −∞. */
  readonly leastValue?: number;
}

/**
 * Pairs of actions at the same node of a tree, a better and a worse one.
 *
 * ```text
 * { (w, l) : parent(w) = parent(l), Q(w) − Q(l) > θ, action(w) ≠ action(l) }
 * ```
 *
 * @returns In the order of the nodes where the choice was.
 * @throws {RangeError} If `theta` is negative.
 * @see arXiv 2408.07199 (Agent Q), section 4.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { treePairs } from "@eddy/eddy";
 * const nodes = [
 *   { parent: -1, action: "", visits: 9, value: 0.5 },
 *   { parent: 0, action: "left", visits: 4, value: 0.2 },
 *   { parent: 0, action: "right", visits: 5, value: 0.8 },
 * ];
 * deepEqual(treePairs(nodes, { theta: 0.1 }).map(({ chosen, rejected }) => [chosen, rejected]), [[2, 1]]);
 * ```
 */
export function treePairs(
  nodes: readonly TreeBranch[],
  { theta = 0, leastVisits = 1, leastValue = -Infinity }: TreePairsOptions = {},
): TreePreference[] {
  if (!(theta >= 0)) throw new RangeError(`Cannot pair branches: the gap ${theta} is not at least 0`);
  const children = nodes.map((): number[] => []);
  for (const [index, { parent, visits }] of nodes.entries()) {
    if (parent >= 0 && visits >= leastVisits) children[parent].push(index);
  }
  return children.flatMap((siblings, parent) =>
    siblings.flatMap((chosen) =>
      siblings.map((rejected) => ({ parent, chosen, rejected, gap: nodes[chosen].value - nodes[rejected].value }))
    ).filter(({ chosen, rejected, gap }) =>
      gap > theta && nodes[chosen].value > leastValue && nodes[chosen].action !== nodes[rejected].action
    )
  );
}
