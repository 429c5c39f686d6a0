import type { Transcript } from "../episode/mod.ts";
import { dedupe } from "./dedupe.ts";

/** Two of a kind, one better. */
export interface Preference<Item> {
  readonly chosen: Item;
  readonly rejected: Item;
  /** Value of the one minus that of the other. */
  readonly gap: number;
}

/** Which pairs. */
export interface EpisodePairsOptions<Item> {
  /** The gap must be larger. Default 0. */
  readonly theta?: number;
  /** What is compared. Default the sum of rewards. */
  readonly scoreOf?: (item: Item) => number;
  /** What was done, as text; equal texts are no pair. Default the actions, one a line. */
  readonly textOf?: (item: Item) => string;
  /** At most so many pairs of each task, those with the largest gaps. Default all. */
  readonly most?: number;
}

/**
 * Pairs of episodes of the same task, a better and a worse one.
 *
 * Each pair of texts comes once, the largest gaps of a task first.
 *
 * @throws {RangeError} If `theta` is negative.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { episodePairs } from "@eddy/eddy";
 * const told = (total: number, action: string) => ({ task: 1, success: total > 0, total, steps: [{ turns: [], action }] });
 * const pairs = episodePairs([told(0, "left"), told(1, "right"), told(0, "left")]);
 * deepEqual(pairs.map(({ chosen, rejected }) => [chosen.steps[0].action, rejected.steps[0].action]), [["right", "left"]]);
 * ```
 */
export function episodePairs<Item extends Transcript>(
  episodes: readonly Item[],
  { theta = 0, scoreOf = ({ total }) => total, textOf = actionsOf, most = Infinity }: EpisodePairsOptions<Item> = {},
): Preference<Item>[] {
  if (!(theta >= 0)) throw new RangeError(`Cannot pair episodes: the gap ${theta} is not at least 0`);
  const tasks = dedupe(episodes, ({ task }) => `${task}`).map(({ task }) => task);
  return tasks.flatMap((task) => {
    const group = episodes.filter((episode) => episode.task === task);
    const pairs = group.flatMap((chosen) =>
      group.map((rejected) => ({ chosen, rejected, gap: scoreOf(chosen) - scoreOf(rejected) }))
    ).filter(({ chosen, rejected, gap }) => gap > theta && textOf(chosen) !== textOf(rejected))
      .sort((a, b) => b.gap - a.gap);
    return dedupe(pairs, ({ chosen, rejected }) => JSON.stringify([textOf(chosen), textOf(rejected)])).slice(0, most);
  });
}

function actionsOf({ steps }: Transcript): string {
  return steps.map(({ action }) => action).join("\n");
}
