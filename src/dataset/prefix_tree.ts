import type { Transcript } from "../episode/mod.ts";

/** A node: the same steps so far. */
export interface PrefixTreeNode {
  /** Index of the parent, −1 at a root. */
  readonly parent: number;
  /** What led here from the parent; empty at a root. */
  readonly action: string;
  /** Episodes that came through. */
  readonly visits: number;
  /** Mean of their totals. */
  readonly value: number;
  /** Steps from the root. */
  readonly depth: number;
  /** Indices of the episodes that came through. */
  readonly episodes: readonly number[];
}

/** A tree for each task. */
export interface PrefixTree {
  /** Every parent stands before its children. */
  readonly nodes: readonly PrefixTreeNode[];
  /** [episodes] the node that each one ends in. */
  readonly ends: readonly number[];
}

/**
 * Episodes of equal tasks as trees of what they have in common: they part where they were shown something else or did
 * something else.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { prefixTree } from "@eddy/eddy";
 * const told = (total: number, ...actions: string[]) => ({
 *   task: 1, success: total > 0, total, steps: actions.map((action) => ({ turns: [], action })),
 * });
 * const { nodes } = prefixTree([told(1, "a", "b"), told(0, "a", "c")]);
 * deepEqual(nodes.map(({ action, value }) => [action, value]), [["", 0.5], ["a", 0.5], ["b", 1], ["c", 0]]);
 * ```
 */
export function prefixTree(episodes: readonly Transcript[]): PrefixTree {
  const found = new Map<string, number>();
  const nodes: { parent: number; action: string; depth: number; episodes: number[] }[] = [];
  const nodeOf = (key: string, parent: number, action: string): number => {
    const known = found.get(key);
    if (known !== undefined) return known;
    found.set(key, nodes.length);
    return nodes.push({ parent, action, depth: parent < 0 ? 0 : nodes[parent].depth + 1, episodes: [] }) - 1;
  };
  const ends = episodes.map(({ task, steps }, episode) => {
    let node = nodeOf(`${task}`, -1, "");
    nodes[node].episodes.push(episode);
    for (const { turns, action } of steps) {
      node = nodeOf(`${node} ${JSON.stringify([turns.map(({ role, text }) => [role, text]), action])}`, node, action);
      nodes[node].episodes.push(episode);
    }
    return node;
  });
  return {
    ends,
    nodes: nodes.map((node) => ({
      ...node,
      visits: node.episodes.length,
      value: node.episodes.reduce((sum, episode) => sum + episodes[episode].total, 0) / node.episodes.length,
    })),
  };
}
