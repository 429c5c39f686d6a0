import type { Kernels } from "../kernels/mod.ts";
import { checkLengths, rowsOf } from "./_columns.ts";
import type { RatioColumns } from "./importance_weights.ts";

/** One condition that a token, or all of its row, has to meet. */
export interface RejectionRule {
  /** What is held against the bounds: each token's divergence, or the sum, mean or maximum over its row. */
  readonly unit: "token" | "row-sum" | "row-mean" | "row-max";
  /** With `x = logProb − behaviorLogProb`: `k1 = −x`, `k2 = x²/2`, `k3 = eˣ − 1 − x`. */
  readonly divergence: "k1" | "k2" | "k3";
  /** Smallest divergence that is kept, nats; default none. */
  readonly lowest?: number;
  /** Largest divergence that is kept, nats; default none. */
  readonly highest?: number;
}

/** What is left. */
export interface Rejection {
  /** `[tokens]`: the mask without what was rejected. */
  readonly mask: Uint8Array;
  /** Share of learnable tokens that were rejected. */
  readonly rejectedShare: number;
}

const UNITS: Record<RejectionRule["unit"], number> = { "token": 0, "row-sum": 1, "row-mean": 2, "row-max": 3 };
const ORDERS: Record<RejectionRule["divergence"], number> = { k1: 1, k2: 2, k3: 3 };

/**
 * Leaves out tokens or rows that the policy has moved too far away from to learn from them.
 *
 * ```text
 * keep = lowest ≤ D ≤ highest      D = k(x_t) · Σ_t k(x_t) · Σ_t k(x_t)/n · max_t k(x_t)
 * ```
 *
 * `row-mean` with k1 is the log of the geometric mean of `behavior/policy`: for bounds on that ratio give their logarithms.
 * Every rule looks at the mask as it was given; a token is kept when all rules keep it.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs`, `behaviorLogProbs` | `[tokens]` | nats | the token that was sampled |
 * | `rowLengths` | `[rows]` | tokens | where sequences end |
 *
 * @returns The mask `[tokens]` and what share of it went. NaN is rejected.
 * @throws {ShapeError} If lengths do not fit.
 * @throws {TypeError} If `unit` or `divergence` is unknown.
 * @see Liu et al., arXiv 2512.02556, §3.1, on masking rows; the rules are verl's.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { loadKernels, rejectionMask } from "@eddy/eddy";
 * const columns = { logProbs: Float32Array.of(0, 1, 0), behaviorLogProbs: new Float32Array(3), rowLengths: Uint32Array.of(2, 1) };
 * const { mask } = rejectionMask(await loadKernels(), columns, [{ unit: "row-max", divergence: "k2", highest: 0.1 }]);
 * deepEqual([...mask], [0, 0, 1]);
 * ```
 */
export function rejectionMask(
  kernels: Kernels,
  columns: RatioColumns,
  rules: readonly RejectionRule[],
  options: { readonly logRatioClamp?: number } = {},
): Rejection {
  const { logProbs, behaviorLogProbs } = columns;
  checkLengths(logProbs.length, { behaviorLogProbs });
  const { mask, rowLengths } = rowsOf(columns, logProbs.length);
  const kept = mask.slice();
  for (const { unit, divergence, lowest = -Infinity, highest = Infinity } of rules) {
    const [code, order] = [UNITS[unit], ORDERS[divergence]];
    if (code === undefined || order === undefined) {
      throw new TypeError(`Cannot reject by '${unit}' of '${divergence}': one of them is not known`);
    }
    const clamp = options.logRatioClamp ?? 20;
    const rule = [code, order, lowest, highest, clamp] as const;
    const left = kernels.rejectionMask(logProbs, behaviorLogProbs, mask, rowLengths, ...rule);
    left.forEach((keep, t) => kept[t] = keep && kept[t]);
  }
  const count = (some: Uint8Array) => some.reduce((sum, m) => sum + Number(m !== 0), 0);
  const tokens = count(mask);
  return { mask: kept, rejectedShare: tokens ? 1 - count(kept) / tokens : 0 };
}
