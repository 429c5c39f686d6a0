import { ShapeError } from "../../errors.ts";
import type { BranchColumns } from "./puct.ts";

/**
 * How worth trying each action is, without a prior: in the form that Agent Q has.
 *
 * ```text
 * U(a) = Q(a) + c · √( log N / (1 + N(a)) )
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `values` Q | `[actions]` | reward | mean return |
 * | `visits` N(a) | `[actions]` | times | tried |
 * | `total` N | 1 | times | that the node was come through, at least 1 |
 * | `exploration` c | 1 | reward | how much an untried action is favoured |
 *
 * @throws {ShapeError} If lengths differ.
 * @throws {RangeError} If `total` is below 1.
 * @see arXiv 2408.07199 (Agent Q), section 4.1.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { ucb } from "@eddy/eddy";
 * const scores = ucb({ values: [0.5, 0], visits: [3, 0] }, { total: 4, exploration: 2 });
 * deepEqual([...scores], [0.5 + 2 * Math.sqrt(Math.log(4) / 4), 2 * Math.sqrt(Math.log(4))]);
 * ```
 */
export function ucb(
  { values, visits }: BranchColumns,
  { total, exploration }: { readonly total: number; readonly exploration: number },
): Float64Array {
  if (visits.length !== values.length) throw new ShapeError("visits", values.length, visits.length);
  if (!(total >= 1)) throw new RangeError(`Cannot score actions of a node with ${total} visits`);
  return Float64Array.from(
    values,
    (value, action) => value + exploration * Math.sqrt(Math.log(total) / (1 + visits[action])),
  );
}
