import type { EmpiricalBernsteinOptions, MeanBounds } from "./empirical_bernstein.ts";
import { mean as meanOf } from "./_logged.ts";

/**
 * Bounds on a mean that hold for every distribution within an interval, whatever its variance.
 *
 * ```text
 * mean ± range √(ln(1/δ) / (2n))        δ = 1 − confidence
 * ```
 *
 * {@link empiricalBernstein} is narrower where the variance is small. Without values nothing is known: infinite bounds.
 *
 * @param values [n] independent, each within an interval of width `range`.
 * @see Hoeffding (1963), "Probability inequalities for sums of bounded random variables", theorem 2.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { hoeffdingBounds } from "@eddy/eddy";
 * const options = { range: 1, confidence: 1 - Math.exp(-2) }; // ln(1/δ) = 2
 * const { lower, upper } = hoeffdingBounds(new Float64Array(4).fill(0.5), options);
 * assert.ok(Math.abs(lower) < 1e-12 && Math.abs(upper - 1) < 1e-12); // 0.5 ± √(2/8)
 * ```
 */
export function hoeffdingBounds(values: Float64Array, options: EmpiricalBernsteinOptions): MeanBounds {
  const mean = meanOf(values);
  if (values.length === 0) return { mean, lower: -Infinity, upper: Infinity };
  const delta = 1 - (options.confidence ?? 0.95);
  const width = options.range * Math.sqrt(Math.log(1 / delta) / (2 * values.length));
  return { mean, lower: mean - width, upper: mean + width };
}
