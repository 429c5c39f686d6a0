import { ShapeError } from "../errors.ts";
import type { MeanBounds } from "./empirical_bernstein.ts";

/** Settings of {@link bootstrapBounds}. */
export interface BootstrapOptions {
  /** Uniforms in [0, 1): `randomStream(kernels, seed, stream)`, so that the bounds can be computed again. */
  readonly uniform?: () => number;
  /** [resamples × n] which values are drawn, instead of `uniform` and `resamples`: to repeat what someone else drew. */
  readonly indices?: Uint32Array;
  /** Probability with which each bound holds. Default 0.95. */
  readonly confidence?: number;
  /** Times that the values are drawn again. Default 1000. */
  readonly resamples?: number;
}

/**
 * Bounds on a mean from drawing the values again with replacement: percentiles of the resampled means. Narrower than
 * {@link empiricalBernstein}, and right only as the number of values grows. Percentiles lie between two means, linearly.
 *
 * With fewer than two values nothing is known: the bounds are infinite.
 *
 * @param values [n] independent.
 * @throws {ShapeError} If the indices are no rows of n. @throws {TypeError} If there are neither uniforms nor indices.
 * @see Efron & Tibshirani (1993), "An introduction to the bootstrap", chapter 13.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bootstrapBounds, loadKernels } from "@eddy/eddy";
 * const kernels = await loadKernels();
 * let counter = 0;
 * const values = Float64Array.from({ length: 100 }, (_, i) => i % 2);
 * const { lower, upper } = bootstrapBounds(values, { uniform: () => kernels.uniform(1, 0, counter++) });
 * assert.ok(0.35 < lower && lower < 0.5 && 0.5 < upper && upper < 0.65);
 * ```
 */
export function bootstrapBounds(values: Float64Array, options: BootstrapOptions): MeanBounds {
  const n = values.length;
  const mean = n === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, lower: -Infinity, upper: Infinity };
  const draw = drawing(options, n);
  const means = new Float64Array(options.indices ? options.indices.length / n : options.resamples ?? 1000);
  for (let i = 0; i < means.length; i++) {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += values[draw(i * n + k)];
    means[i] = sum / n;
  }
  means.sort();
  const confidence = options.confidence ?? 0.95;
  return { mean, lower: percentile(means, 1 - confidence), upper: percentile(means, confidence) };
}

/** Which value each draw takes. */
function drawing({ uniform, indices }: BootstrapOptions, n: number): (at: number) => number {
  if (indices) {
    if (indices.length === 0 || indices.length % n !== 0) {
      throw new ShapeError("indices", `rows of ${n}`, indices.length);
    }
    if (indices.some((index) => index >= n)) throw new RangeError(`Cannot draw again: an index is not below ${n}`);
    return (at) => indices[at];
  }
  if (!uniform) throw new TypeError("Cannot draw again: there are neither uniforms nor indices");
  return () => Math.floor(uniform() * n);
}

/** Between the two nearest of sorted numbers, linearly. */
function percentile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low] + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]);
}
