/** 97.5 % of a normal distribution lies below this. */
const Z = 1.959964;

/**
 * The 95 % interval of a share, after Wilson: sensible also near 0 and 1 and for few trials.
 *
 * ```text
 * (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)
 * ```
 *
 * @param successes How many trials succeeded. @param trials How many there were.
 * @returns Lower and upper end, in [0, 1].
 * @see Wilson (1927), "Probable inference, the law of succession, and statistical inference".
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { wilsonInterval } from "@eddy/eddy";
 * const [low, high] = wilsonInterval(8, 10);
 * assert.ok(Math.abs(low - 0.4902) < 1e-4 && Math.abs(high - 0.9433) < 1e-4);
 * ```
 */
export function wilsonInterval(successes: number, trials: number): readonly [low: number, high: number] {
  if (trials <= 0) return [0, 1];
  const share = successes / trials;
  const spread = Z * Math.sqrt(share * (1 - share) / trials + Z * Z / (4 * trials * trials));
  const middle = share + Z * Z / (2 * trials);
  const whole = 1 + Z * Z / trials;
  return [Math.max(0, (middle - spread) / whole), Math.min(1, (middle + spread) / whole)];
}
