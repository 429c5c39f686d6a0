import type { MeanBounds } from "./empirical_bernstein.ts";
import { momentsOf } from "./_moments.ts";
import { studentQuantile } from "./student_quantile.ts";

/**
 * Bounds on a mean by Student's distribution: exact for values that are normally distributed, else right as n grows.
 *
 * ```text
 * mean ± t √(V/n)        t = quantile at the confidence with n − 1 degrees of freedom,  V = sample variance
 * ```
 *
 * With fewer than two values nothing is known: the bounds are infinite.
 *
 * @param values [n] independent. @param confidence With which each bound holds; both hold with `2·confidence − 1`. Default 0.95.
 * @throws {RangeError} If the confidence is not in (0, 1).
 * @see Student (1908), "The probable error of a mean"; as a bound on off-policy estimates Thomas et al. (2015), "High
 * confidence policy improvement".
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { studentBounds } from "@eddy/eddy";
 * const { lower, upper } = studentBounds(Float64Array.of(0, 2), 0.75); // t = 1 with one degree of freedom
 * assert.ok(Math.abs(lower) < 1e-12 && Math.abs(upper - 2) < 1e-12); // 1 ± 1·√(2/2)
 * ```
 */
export function studentBounds(values: Float64Array, confidence = 0.95): MeanBounds {
  const n = values.length;
  const { mean, variance } = momentsOf(values);
  if (n < 2) return { mean, lower: -Infinity, upper: Infinity };
  const width = studentQuantile(confidence, n - 1) * Math.sqrt(variance / n);
  return { mean, lower: mean - width, upper: mean + width };
}
