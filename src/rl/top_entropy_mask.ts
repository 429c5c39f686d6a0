import type { Kernels } from "../kernels/mod.ts";
import { checkLengths } from "./_columns.ts";

/**
 * Keeps the learnable tokens where the policy was least sure: forks in the road, which carry most of the learning.
 *
 * ```text
 * keep_i = m_i and H_i ≥ quantile(1 − share) of the learnable tokens' H, interpolated linearly
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `entropies` H | `[tokens]` | nats | of each token's distribution |
 * | `share` | | 1 | part of the learnable tokens to keep, 0 to 1 |
 *
 * @returns `[tokens]`, 0/1: a mask for any objective.
 * @throws {ShapeError} If the mask has another length.
 * @see Wang et al., arXiv 2506.01939, §4.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { loadKernels, topEntropyMask } from "@eddy/eddy";
 * const columns = { entropies: Float32Array.of(0.1, 2, 1, 3) };
 * deepEqual([...topEntropyMask(await loadKernels(), columns, { share: 0.5 })], [0, 1, 0, 1]);
 * ```
 */
export function topEntropyMask(
  kernels: Kernels,
  columns: { readonly entropies: Float32Array; readonly mask?: Uint8Array },
  options: { readonly share: number },
): Uint8Array {
  const mask = columns.mask ?? new Uint8Array(columns.entropies.length).fill(1);
  checkLengths(columns.entropies.length, { mask });
  return kernels.topEntropyMask(columns.entropies, mask, options.share);
}
