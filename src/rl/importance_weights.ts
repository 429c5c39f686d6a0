import type { Kernels } from "../kernels/mod.ts";
import { checkLengths, type RowColumns, rowsOf } from "./_columns.ts";

/** Columns of {@link importanceWeights} and `rejectionMask`. */
export interface RatioColumns extends RowColumns {
  /** `[tokens]`, nats: under the policy that is trained, or its copy from before the update. */
  readonly logProbs: Float32Array;
  /** `[tokens]`, nats: under the policy that acted, as its engine computed it. */
  readonly behaviorLogProbs: Float32Array;
}

/** Whose ratio a weight is: each token's own, the product over its row, or the geometric mean over its row. */
export type RatioLevel = "token" | "sequence" | "geometric";

/** Settings of {@link importanceWeights}. */
export interface ImportanceWeightOptions {
  /** Default `token`. */
  readonly level?: RatioLevel;
  /** Smallest weight; default none. */
  readonly lowest?: number;
  /** Largest weight; default 2. */
  readonly highest?: number;
  /** What a ratio outside becomes: the bound it passed (truncated), or 0 (masked); default `truncate`. */
  readonly outside?: "truncate" | "drop";
  /** Divide by the mean, over learnable tokens or, above the token, over rows; default false. */
  readonly normalize?: boolean;
  /** Log-ratios are clamped to ± this, nats; default 20. */
  readonly logRatioClamp?: number;
}

/** Weights, and how far they can be trusted. */
export interface ImportanceWeights {
  /** `[tokens]`: `scales` of a policy loss; 0 where the mask is 0. */
  readonly weights: Float32Array;
  /** What was seen on the way. */
  readonly metrics: {
    /** Share of learnable tokens whose ratio is outside the bounds. */
    readonly outsideShare: number;
    /** `(Σw)²/(n·Σw²)`: effective sample size as a share of the learnable tokens; 0 when all weights are 0. */
    readonly effectiveSampleShare: number;
  };
}

const LEVELS: Record<RatioLevel, number> = { token: 0, sequence: 1, geometric: 2 };

/**
 * Importance weights that correct for tokens which another policy, or another engine with other rounding, sampled:
 * truncated (TIS) or masked (IcePop, MIS).
 *
 * ```text
 * x = logProb − behaviorLogProb      ρ = e^x · e^{Σ_t x} · e^{Σ_t x / n}      token · sequence · geometric
 * w = clamp(ρ, lowest, highest), or ρ·[lowest ≤ ρ ≤ highest];  normalized: w / mean(w)
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs`, `behaviorLogProbs` | `[tokens]` | nats | the token that was sampled |
 * | `rowLengths` | `[rows]` | tokens | where sequences end |
 *
 * @returns Weights `[tokens]`, constants, and metrics. NaN gives NaN.
 * @throws {ShapeError} If lengths do not fit.
 * @throws {TypeError} If `level` is unknown.
 * @see Espeholt et al., arXiv 1802.01561, §4.1, on truncation; Ionides 2008; masked: Ling Team, arXiv 2510.18855, §3.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { importanceWeights, loadKernels } from "@eddy/eddy";
 * const columns = { logProbs: Float32Array.of(0, 1), behaviorLogProbs: Float32Array.of(0, 0) }; // ratios 1 and e
 * const kernels = await loadKernels();
 * deepEqual([...importanceWeights(kernels, columns).weights], [1, 2]);
 * deepEqual([...importanceWeights(kernels, columns, { outside: "drop" }).weights], [1, 0]);
 * ```
 */
export function importanceWeights(
  kernels: Kernels,
  columns: RatioColumns,
  options: ImportanceWeightOptions = {},
): ImportanceWeights {
  const { logProbs, behaviorLogProbs } = columns;
  checkLengths(logProbs.length, { behaviorLogProbs });
  const { mask, rowLengths } = rowsOf(columns, logProbs.length);
  const level = LEVELS[options.level ?? "token"];
  if (level === undefined) {
    throw new TypeError(`Cannot use level '${options.level}': use one of ${Object.keys(LEVELS).join(", ")}`);
  }
  const weights = new Float32Array(logProbs.length);
  const [outsideShare, effectiveSampleShare] = kernels.importanceWeights(
    logProbs,
    behaviorLogProbs,
    mask,
    rowLengths,
    level,
    options.lowest ?? 0,
    options.highest ?? 2,
    options.outside === "drop",
    options.normalize ?? false,
    options.logRatioClamp ?? 20,
    weights,
  );
  return { weights, metrics: { outsideShare, effectiveSampleShare } };
}
