/**
 * The number below which a variable of Student's t distribution lies with this probability.
 *
 * ```text
 * P(T ≤ t) = 1 − ½ I_x(ν/2, ½),  x = ν/(ν + t²),  t ≥ 0        I: regularized incomplete beta function
 * ```
 *
 * Solved for t by halving an interval until the doubles do not change: relative error below 1e-12.
 *
 * @param probability In (0, 1). @param degrees ν, of freedom, above 0.
 * @throws {RangeError} If an argument is outside of its range.
 * @see Abramowitz & Stegun (1964), equations 26.7.1 and 26.5.8 (continued fraction).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { studentQuantile } from "@eddy/eddy";
 * assert.ok(Math.abs(studentQuantile(0.975, 1) - 12.706204736) < 1e-8);
 * ```
 */
export function studentQuantile(probability: number, degrees: number): number {
  if (!(probability > 0 && probability < 1 && degrees > 0)) {
    throw new RangeError(`Cannot compute a quantile: probability ${probability} or degrees ${degrees} is out of range`);
  }
  if (probability === 0.5) return 0;
  if (probability < 0.5) return -studentQuantile(1 - probability, degrees);
  const tail = 2 * (1 - probability);
  const beyond = (t: number): number => incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
  let [low, high] = [0, 1];
  while (beyond(high) > tail && high < 1e300) high *= 2;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (beyond(middle) > tail) low = middle;
    else high = middle;
  }
}

/** Regularized incomplete beta function. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? front * fraction(x, a, b) / a : 1 - front * fraction(1 - x, b, a) / b;
}

/** The continued fraction, by Lentz's method. */
function fraction(x: number, a: number, b: number): number {
  const away = (value: number): number => Math.abs(value) < 1e-300 ? 1e-300 : value;
  let c = 1;
  let d = 1 / away(1 - (a + b) * x / (a + 1));
  let value = d;
  for (let m = 1; m < 10_000; m++) {
    for (
      const step of [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ]
    ) {
      d = 1 / away(1 + step * d);
      c = away(1 + step / c);
      value *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return value;
}

/** ln Γ(x), x > 0: Stirling's series after moving x above 10. */
function logGamma(x: number): number {
  let shift = 0;
  for (; x < 10; x++) shift -= Math.log(x);
  const y = 1 / (x * x);
  const series = (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y * (1 / 1188 - y * 691 / 360360))))) / x;
  return shift + (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}
