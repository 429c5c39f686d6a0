import type { Kernels } from "../kernels/mod.ts";
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
 * import { loadKernels, whiten } from "@eddy/eddy";
 * deepEqual([...whiten(await loadKernels(), Float32Array.of(1, 2, 3))], [-1, 0, 1]);
 * ```
 */
export function whiten(kernels: Kernels, values: Float32Array, options: WhitenOptions = {}): Float32Array {
  const mask = options.mask ?? new Uint8Array(values.length).fill(1);
  checkLengths(values.length, { mask });
  const whitened = values.slice();
  kernels.whiten(whitened, mask, options.epsilon ?? 1e-8);
  return whitened;
}
