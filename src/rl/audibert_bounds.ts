import type { EmpiricalBernsteinOptions, MeanBounds } from "./empirical_bernstein.ts";
import { momentsOf } from "./_moments.ts";

/**
 * The first of the empirical Bernstein bounds: unlike {@link empiricalBernstein} both bounds hold together.
 *
 * ```text
 * mean ± (√(2 V ln(3/δ) / n) + 3 range ln(3/δ) / n)        δ = 1 − confidence,  V = sample variance
 * ```
 *
 * With fewer than two values nothing is known: the bounds are infinite. A `range` that was read off the values themselves
 * gives numbers that other libraries print, and no guarantee.
 *
 * @param values [n] independent, each within an interval of width `range`. @param options Default confidence 0.95.
 * @see Audibert, Munos & Szepesvári (2009), "Exploration–exploitation trade-off using variance estimates in multi-armed
 * bandits", theorem 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { audibertBounds } from "@eddy/eddy";
 * const options = { range: 1, confidence: 1 - 3 / Math.E }; // ln(3/δ) = 1
 * const { lower, upper } = audibertBounds(new Float64Array(3).fill(2), options);
 * assert.ok(Math.abs(lower - 1) < 1e-12 && Math.abs(upper - 3) < 1e-12); // 2 ± 3·1/3
 * ```
 */
export function audibertBounds(values: Float64Array, options: EmpiricalBernsteinOptions): MeanBounds {
  const n = values.length;
  const { mean, variance } = momentsOf(values);
  if (n < 2) return { mean, lower: -Infinity, upper: Infinity };
  const log = Math.log(3 / (1 - (options.confidence ?? 0.95)));
  const width = Math.sqrt(2 * variance * log / n) + 3 * options.range * log / n;
  return { mean, lower: mean - width, upper: mean + width };
}
