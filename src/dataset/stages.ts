import { mix } from "./mix.ts";

/** A stretch of learning. */
export interface Stage<Item> {
  /** What is new in it. */
  readonly items: readonly Item[];
  /** Examples to learn in it, repeated ones counted. */
  readonly count: number;
  /** Share of them that come from the stages before. Default 0.15; the first stage has none before it. */
  readonly replay?: number;
}

/**
 * Stages of learning one after the other, each with some of what came before: a later stage alone makes a small model
 * forget the earlier ones.
 *
 * @param random Uniforms in [0, 1).
 * @returns [stages] exactly `count` examples each, in an order by lot; every item of the earlier stages is as likely.
 * @throws {RangeError} If a share is not in [0, 1], a count is no whole number, or there is nothing to draw from.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { stages } from "@eddy/eddy";
 * const told = [{ items: ["document"], count: 4 }, { items: ["query"], count: 4, replay: 0.5 }];
 * deepEqual(stages(told, () => 0.5)[1].sort(), ["document", "document", "query", "query"]);
 * ```
 */
export function stages<Item>(list: readonly Stage<Item>[], random: () => number): Item[][] {
  return list.map(({ items, count, replay = 0.15 }, index) => {
    if (!(replay >= 0 && replay <= 1)) throw new RangeError(`Cannot replay a share of ${replay} in stage ${index}`);
    const earlier = list.slice(0, index).flatMap((stage) => stage.items);
    const share = index === 0 ? 0 : replay;
    const sources = { own: { items, weight: 1 - share }, earlier: { items: earlier, weight: share } };
    return [...mix(sources, { budget: count, random }).items];
  });
}
