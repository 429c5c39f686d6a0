import type { Kernels } from "../kernels/mod.ts";
import { rowsOf } from "./_columns.ts";
import { type PolicyColumns, type PolicyLoss, policyLoss } from "./policy_loss.ts";
import { sequenceLogRatios } from "./sequence_log_ratios.ts";

/** Settings of {@link gmpo}. */
export interface GmpoOptions {
  /** Lower bound of a token's log-ratio is minus this, nats; default 0.4. */
  readonly clipLow?: number;
  /** Upper bound, nats; default 0.4. */
  readonly clipHigh?: number;
  /** Replaces the count of rows that have a learnable token. */
  readonly globalRows?: number;
}

/**
 * Geometric-mean policy optimisation: the geometric mean of the row's ratios, each clipped on the side that would gain too
 * much before it enters, so that one token cannot carry the row.
 *
 * ```text
 * x' = min(x, clipHigh) where A > 0, max(x, −clipLow) where A < 0, 0 at A = 0      r = exp(mean over the row of x')
 * loss = mean over rows of −A·r      ∂/∂logProb = −A·r/n where its x was not clipped, else 0
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | columns | `[tokens]` | | as in `ppoClip`, with one advantage a row |
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics of the rows' ratios; `clipFraction` counts tokens.
 * @throws {ShapeError} If a column's length is not that of `logProbs`.
 * @throws {TypeError} If `behaviorLogProbs` are absent.
 * @see Zhao et al., arXiv 2507.20673; the form is that of verl's `geo_mean` loss.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { gmpo, loadKernels } from "@eddy/eddy";
 * const { loss, dLogProbs } = gmpo(await loadKernels(), {
 *   logProbs: Float32Array.of(0, -2), // log-ratios 1, clipped to 0.5, and −0.5: their mean is 0
 *   behaviorLogProbs: Float32Array.of(-1, -1.5),
 *   advantages: Float32Array.of(3, 3),
 * }, { clipHigh: 0.5 });
 * equal(loss, -3);
 * equal([...dLogProbs].join(), "0,-1.5");
 * ```
 */
export function gmpo(kernels: Kernels, columns: PolicyColumns, options: GmpoOptions = {}): PolicyLoss {
  const { logProbs, behaviorLogProbs, advantages } = columns;
  if (!behaviorLogProbs) throw new TypeError("Cannot compute gmpo: 'behaviorLogProbs' are absent");
  const { clipLow = 0.4, clipHigh = 0.4, globalRows } = options;
  const { mask, rowLengths } = rowsOf(columns, logProbs.length);
  const gaps = logProbs.map((logProb, t) => logProb - behaviorLogProbs[t]);
  const bounded = gaps.map((x, t) =>
    advantages[t] > 0 ? Math.min(x, clipHigh) : advantages[t] < 0 ? Math.max(x, -clipLow) : 0 * x
  );
  const zeros = new Float32Array(gaps.length);
  const rows = { logProbs: bounded, behaviorLogProbs: zeros, mask, rowLengths };
  const logRatios = sequenceLogRatios(kernels, rows, { mean: true });
  const { loss, dLogProbs, metrics } = policyLoss(kernels, { ...columns, logRatios }, {
    aggregation: "seq-mean-token-mean",
    globalRows,
    surrogate: "clip",
  });
  // NaN differs from itself, so a poisoned token counts as clipped and has gradient 0; the loss says that it is there.
  const clipped = (t: number): boolean => mask[t] !== 0 && bounded[t] !== gaps[t];
  const count = gaps.reduce((sum, _, t) => sum + Number(clipped(t) && advantages[t] !== 0), 0);
  return {
    loss,
    dLogProbs: dLogProbs.map((slope, t) => clipped(t) ? 0 : slope),
    metrics: { ...metrics, clipFraction: count / Math.max(metrics.tokens, 1) },
  };
}
