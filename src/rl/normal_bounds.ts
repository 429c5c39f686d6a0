import type { MeanBounds } from "./empirical_bernstein.ts";
import { normalQuantile } from "./normal_quantile.ts";

/**
 * Bounds on a mean as if means were normally distributed: cheap enough for every update, right only as the number of
 * values grows. Use {@link empiricalBernstein} where a bound has to hold.
 *
 * ```text
 * mean ± z √((V + range²/n) / n)        z = quantile of the normal distribution at the confidence
 * ```
 *
 * `range²/n` keeps the width honest where few values happen to be equal: one value unlike the others may be missing.
 *
 * @param values [n] independent. @param range Width of the interval that values lie in. @param confidence Of each bound.
 */
export function normalBounds(values: Float64Array, range: number, confidence: number): MeanBounds {
  const n = values.length;
  const mean = n === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, lower: -Infinity, upper: Infinity };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const width = normalQuantile(confidence) * Math.sqrt((variance + range * range / n) / n);
  return { mean, lower: mean - width, upper: mean + width };
}
