import { momentsOf } from "./_moments.ts";

/** A mean with one-sided bounds: each of the two holds with the confidence that was asked for. */
export interface MeanBounds {
  /** Of the values. */
  readonly mean: number;
  /** The true mean is not below. */
  readonly lower: number;
  /** The true mean is not above. */
  readonly upper: number;
}

/** Settings of {@link empiricalBernstein}. */
export interface EmpiricalBernsteinOptions {
  /** Width of the interval that all values lie in: 1 for rewards, `clip` for weighted ones, twice that for differences. */
  readonly range: number;
  /** Probability with which each bound holds. Default 0.95. */
  readonly confidence?: number;
}

/**
 * Bounds on a mean that hold for every distribution and every number of values.
 *
 * ```text
 * mean ± √(2 V ln(2/δ) / n) + 7 range ln(2/δ) / (3 (n − 1))        δ = 1 − confidence,  V = sample variance
 * ```
 *
 * With fewer than two values nothing is known: the bounds are infinite.
 *
 * @param values [n] independent, each within an interval of width `range`.
 * @see Maurer & Pontil, arXiv 0907.3740, theorem 4.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { empiricalBernstein } from "@eddy/eddy";
 * const { lower, upper } = empiricalBernstein(new Float64Array(1000).fill(0.5), { range: 1 });
 * assert.ok(0.49 < lower && upper < 0.51); // no variance: only the second term is left
 * ```
 */
export function empiricalBernstein(values: Float64Array, options: EmpiricalBernsteinOptions): MeanBounds {
  const { mean, variance } = momentsOf(values);
  if (values.length < 2) return { mean, lower: -Infinity, upper: Infinity };
  const log = Math.log(2 / (1 - (options.confidence ?? 0.95)));
  const width = Math.sqrt(2 * variance * log / values.length) + 7 * options.range * log / (3 * (values.length - 1));
  return { mean, lower: mean - width, upper: mean + width };
}
