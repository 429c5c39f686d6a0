import { effectiveSampleSize } from "./effective_sample_size.ts";

/** How much a log can say about another policy. */
export interface Overlap {
  /** Samples of its own that the weights are worth. */
  readonly effectiveSamples: number;
  /** The same as a share of all. */
  readonly effectiveShare: number;
  /** Mean weight: 1 up to chance where the log covers the policy, less where it never did what the policy does. */
  readonly meanWeight: number;
  /** Share of the sum of weights that the largest one has. */
  readonly largestShare: number;
  /** One sentence for each reason not to trust an estimate made with these weights; none is no promise. */
  readonly warnings: readonly string[];
}

/** When {@link overlap} warns. */
export interface OverlapOptions {
  /** Default 100. */
  readonly leastEffectiveSamples?: number;
  /** Default 0.1. */
  readonly leastEffectiveShare?: number;
  /** Default 0.1. */
  readonly mostLargestShare?: number;
}

/**
 * Whether a log and a policy overlap enough for an estimate.
 *
 * ```text
 * effective samples = (Σw)²/Σw²        expected mean weight = 1, up to three standard errors
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `weights` w | `[samples]` | 1 | π/μ of steps, or their products over trajectories; before cutting |
 *
 * @throws {RangeError} If a weight is negative or not finite.
 * @see Owen (2013), "Monte Carlo theory, methods and examples", section 9.3.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { overlap } from "@eddy/eddy";
 * assert.deepEqual(overlap(new Float64Array(500).fill(1)).warnings, []);
 * assert.match(overlap(Float64Array.of(0, 0, 4, 0)).warnings.join(), /1\.0 effective samples/);
 * ```
 */
export function overlap(weights: Float64Array, options: OverlapOptions = {}): Overlap {
  const { leastEffectiveSamples = 100, leastEffectiveShare = 0.1, mostLargestShare = 0.1 } = options;
  const wrong = weights.find((weight) => !(weight >= 0 && weight < Infinity));
  if (wrong !== undefined) throw new RangeError(`Cannot judge the overlap: a weight is ${wrong}`);
  const n = weights.length;
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const meanWeight = n === 0 ? 0 : sum / n;
  const effectiveSamples = effectiveSampleSize(weights);
  const effectiveShare = n === 0 ? 0 : effectiveSamples / n;
  const largestShare = sum === 0 ? 0 : weights.reduce((most, weight) => Math.max(most, weight), 0) / sum;
  const spread = Math.sqrt(weights.reduce((total, w) => total + (w - meanWeight) ** 2, 0) / Math.max(1, n - 1));
  const warnings: string[] = [];
  if (effectiveSamples < leastEffectiveSamples) {
    warnings.push(
      `The log is worth ${effectiveSamples.toFixed(1)} effective samples; collect at least ${leastEffectiveSamples}.`,
    );
  }
  if (effectiveShare < leastEffectiveShare) {
    warnings.push(
      `Only ${(100 * effectiveShare).toFixed(1)} % of the log speaks about this policy: it acts too differently.`,
    );
  }
  if (largestShare > mostLargestShare) {
    warnings.push(`One sample has ${(100 * largestShare).toFixed(0)} % of all weight: the estimate hangs on it.`);
  }
  if (n > 1 && Math.abs(meanWeight - 1) > 3 * spread / Math.sqrt(n)) {
    const reason = meanWeight < 1
      ? "the log never did what this policy does, or propensities are too high"
      : "propensities are too low";
    warnings.push(`Weights have mean ${meanWeight.toFixed(3)} where 1 is expected: ${reason}.`);
  }
  return { effectiveSamples, effectiveShare, meanWeight, largestShare, warnings };
}
