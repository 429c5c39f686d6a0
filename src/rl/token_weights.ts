import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { aggregationArguments, rowsOf } from "./_columns.ts";

/**
 * The weight of each token's loss in the aggregate.
 *
 * ```text
 * loss = Σ_t w_t·l_t, so w_t = ∂loss/∂l_t
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `mask` | `[tokens]` | 0/1 | learnable tokens |
 * | `rowLengths` | `[rows]` | tokens | where sequences end; default one row |
 *
 * @returns `[tokens]`; 0 where the mask is 0, and everywhere when nothing is learnable.
 * @throws {ShapeError} If rows do not cover the mask.
 * @see Liu et al., arXiv 2503.20783, §3.1, on what the denominators do.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { loadKernels, tokenWeights } from "@eddy/eddy";
 * const rows = { mask: Uint8Array.of(1, 1, 0, 1), rowLengths: Uint32Array.of(3, 1) };
 * const weights = tokenWeights(await loadKernels(), rows, { aggregation: "seq-mean-token-mean" });
 * deepEqual([...weights], [0.25, 0.25, 0, 0.5]);
 * ```
 */
export function tokenWeights(
  kernels: Kernels,
  rows: { readonly mask: Uint8Array; readonly rowLengths?: Uint32Array },
  options: AggregationOptions = {},
): Float32Array {
  const { mask, rowLengths } = rowsOf(rows, rows.mask.length);
  return kernels.tokenWeights(...aggregationArguments(options), mask, rowLengths);
}
