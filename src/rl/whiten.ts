import { checkLengths } from "./_columns.ts";

/** Settings of {@link whiten}. */
export interface WhitenOptions {
  /** `[n]`, 0 = left out of the statistics and 0 in the result; default all count. */
  readonly mask?: Uint8Array;
  /** Added to the variance; default 1e-8. */
  readonly epsilon?: number;
}

/**
 * Shifts and scales numbers to mean 0 and variance 1.
 *
 * ```text
 * y = m·(x − mean)/√(variance + ε)      variance = Σ m(x − mean)²/(n − 1), 0 for a single number
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `values` x | `[n]` | any | advantages, returns, rewards |
 *
 * @returns A new array `[n]`; zeros when all numbers are equal or only one counts.
 * @throws {ShapeError} If the mask has another length.
 * @see Huang et al., arXiv 2403.17031, detail 19 (advantage whitening).
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { whiten } from "@eddy/eddy";
 * deepEqual([...whiten(Float32Array.of(1, 2, 3))], [-1, 0, 1]);
 * ```
 */
export function whiten(values: Float32Array, options: WhitenOptions = {}): Float32Array {
  const { mask, epsilon = 1e-8 } = options;
  checkLengths(values.length, { mask });
  const counts = (i: number): boolean => !mask || mask[i] !== 0;
  let sum = 0;
  let n = 0;
  for (let i = 0; i < values.length; i++) if (counts(i)) sum += values[i], n++;
  const mean = sum / Math.max(n, 1);
  let squares = 0;
  for (let i = 0; i < values.length; i++) if (counts(i)) squares += (values[i] - mean) ** 2;
  const scale = n > 1 ? 1 / Math.sqrt(squares / (n - 1) + epsilon) : 0;
  return values.map((value, i) => counts(i) ? (value - mean) * scale : 0);
}
