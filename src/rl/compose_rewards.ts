import { ShapeError } from "../errors.ts";

/** One named part of a reward. */
export interface RewardTerm {
  /** `[steps]`. */
  readonly values: ArrayLike<number>;
  /** Factor; negative for what is to be avoided. Default 1. */
  readonly weight?: number;
  /** Values are cut to [lowest, highest] before they are weighted: no single term may drown the others. */
  readonly bounds?: readonly [lowest: number, highest: number];
}

/** A reward and what it is made of. */
export interface ComposedRewards {
  /** `[steps]`, reward. */
  readonly rewards: Float32Array;
  /** `[steps]` by name: what each term added; they sum to the reward. */
  readonly contributions: Readonly<Record<string, Float32Array>>;
  /** By name, for the log: mean of what the term added, of its raw values, and the share of values that were cut. */
  readonly metrics: Readonly<
    Record<string, { readonly contribution: number; readonly value: number; readonly cutShare: number }>
  >;
}

/**
 * One reward from several named terms, each logged apart, so that a rise of the sum can be traced to a term.
 *
 * ```text
 * r = Σ_k weight_k · clamp(value_k, bounds_k)        where gate = 0: only what is negative
 * ```
 *
 * The gate is a verified outcome: without it nothing can be earned, penalties stay. A NaN stays NaN in its term, its metrics
 * and the reward of that step.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `terms[name].values` | `[steps]` | any | raw |
 * | `gate` | `[steps]` | 0/1 | verified; default all 1 |
 *
 * @throws {ShapeError} If terms or gate have different lengths.
 * @throws {RangeError} If there are no terms, or bounds are in the wrong order.
 * @see own derivation; `test/rl/reward_test.ts`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { composeRewards } from "@eddy/eddy";
 * const { rewards, metrics } = composeRewards({
 *   solved: { values: [1, 0] },
 *   length: { values: [10, 400], weight: -0.01, bounds: [0, 100] },
 * });
 * deepEqual([...rewards].map((r) => r.toFixed(1)), ["0.9", "-1.0"]);
 * deepEqual(metrics.length.cutShare, 0.5);
 * ```
 */
export function composeRewards(
  terms: Readonly<Record<string, RewardTerm>>,
  { gate }: { readonly gate?: ArrayLike<number> } = {},
): ComposedRewards {
  const named = Object.entries(terms);
  if (named.length === 0) throw new RangeError("Cannot compose a reward: there are no terms");
  const steps = named[0][1].values.length;
  if (gate && gate.length !== steps) throw new ShapeError("gate", steps, gate.length);
  const rewards = new Float64Array(steps);
  const contributions: Record<string, Float32Array> = {};
  const metrics: Record<string, { contribution: number; value: number; cutShare: number }> = {};
  for (const [name, { values, weight = 1, bounds: [low, high] = [-Infinity, Infinity] }] of named) {
    if (values.length !== steps) throw new ShapeError(name, steps, values.length);
    if (!(low <= high)) throw new RangeError(`Cannot bound '${name}': [${low}, ${high}] is no interval`);
    const sums = { contribution: 0, value: 0, cutShare: 0 };
    contributions[name] = Float32Array.from(values, (value, step) => {
      const bounded = value < low ? low : value > high ? high : value;
      const earned = weight * bounded;
      const added = gate && gate[step] === 0 && earned > 0 ? 0 : earned;
      rewards[step] += added;
      sums.contribution += added / steps;
      sums.value += value / steps;
      sums.cutShare += Number(bounded !== value && !Number.isNaN(value)) / steps;
      return added;
    });
    metrics[name] = sums;
  }
  return { rewards: Float32Array.from(rewards), contributions, metrics };
}
