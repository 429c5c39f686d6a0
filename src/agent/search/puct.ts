import { ShapeError } from "../../errors.ts";

/** What is known of the actions at a node. */
export interface BranchColumns {
  /** [actions] mean return of each; of those not yet tried what is assumed. */
  readonly values: ArrayLike<number>;
  /** [actions] how often each was tried. */
  readonly visits: ArrayLike<number>;
}

/**
 * How worth trying each action is, by a prior (PUCT).
 *
 * ```text
 * U(a) = Q(a) + c · P(a) · √N / (1 + N(a))
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `values` Q | `[actions]` | reward | mean return |
 * | `priors` P | `[actions]` | probability | of the policy |
 * | `visits` N(a) | `[actions]` | times | tried |
 * | `total` N | 1 | times | that the node was come through, its own evaluation counted |
 * | `exploration` c | 1 | reward | how much an untried action is favoured |
 *
 * @throws {ShapeError} If lengths differ.
 * @see Silver et al. (2017), "Mastering the game of Go without human knowledge", Nature 550, methods.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { puct } from "@eddy/eddy";
 * const scores = puct({ values: [0.5, 0], visits: [3, 0], priors: [0.2, 0.8] }, { total: 4, exploration: 1 });
 * deepEqual([...scores], [0.5 + 0.2 * 2 / 4, 0.8 * 2 / 1]);
 * ```
 */
export function puct(
  { values, visits, priors }: BranchColumns & { readonly priors: ArrayLike<number> },
  { total, exploration }: { readonly total: number; readonly exploration: number },
): Float64Array {
  if (visits.length !== values.length) throw new ShapeError("visits", values.length, visits.length);
  if (priors.length !== values.length) throw new ShapeError("priors", values.length, priors.length);
  return Float64Array.from(
    values,
    (value, action) => value + exploration * priors[action] * Math.sqrt(total) / (1 + visits[action]),
  );
}
