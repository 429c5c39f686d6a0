/** Coefficients of the rational approximation, highest power first. */
const CENTRE = {
  over: [
    -39.69683028665376,
    220.9460984245205,
    -275.9285104469687,
    138.357751867269,
    -30.66479806614716,
    2.506628277459239,
  ],
  under: [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1],
};
const TAIL = {
  over: [
    -0.007784894002430293,
    -0.3223964580411365,
    -2.400758277161838,
    -2.549732539343734,
    4.374664141464968,
    2.938163982698783,
  ],
  under: [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1],
};

/**
 * The number below which a standard normal variable lies with this probability; relative error below 1.2e-9.
 *
 * @throws {RangeError} If `probability` is not in (0, 1).
 * @see Acklam (2003), "An algorithm for computing the inverse normal cumulative distribution function".
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { normalQuantile } from "@eddy/eddy";
 * assert.ok(Math.abs(normalQuantile(0.975) - 1.959964) < 1e-6);
 * ```
 */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`Cannot compute a quantile: the probability is ${probability}, expected (0, 1)`);
  }
  if (probability > 0.5) return -normalQuantile(1 - probability);
  if (probability < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(probability));
    return polynomial(TAIL.over, q) / polynomial(TAIL.under, q);
  }
  const q = probability - 0.5;
  return q * polynomial(CENTRE.over, q * q) / polynomial(CENTRE.under, q * q);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
