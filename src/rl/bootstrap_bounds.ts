import type { MeanBounds } from "./empirical_bernstein.ts";

/** Settings of {@link bootstrapBounds}. */
export interface BootstrapOptions {
  /** Uniforms in [0, 1): `randomStream(kernels, seed, stream)`, so that the bounds can be computed again. */
  readonly uniform: () => number;
  /** Probability with which each bound holds. Default 0.95. */
  readonly confidence?: number;
  /** Times that the values are drawn again. Default 1000. */
  readonly resamples?: number;
}

/**
 * Bounds on a mean from drawing the values again with replacement: percentiles of the resampled means. Narrower than
 * {@link empiricalBernstein}, and right only as the number of values grows.
 *
 * With fewer than two values nothing is known: the bounds are infinite.
 *
 * @param values [n] independent.
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
  const means = new Float64Array(options.resamples ?? 1000);
  for (let i = 0; i < means.length; i++) {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += values[Math.floor(options.uniform() * n)];
    means[i] = sum / n;
  }
  means.sort();
  const tail = Math.floor((1 - (options.confidence ?? 0.95)) * means.length);
  return { mean, lower: means[tail], upper: means[means.length - 1 - tail] };
}
