import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { ABSENT, aggregationArguments, checkLengths, type RowColumns, rowsOf } from "./_columns.ts";

/** Columns of a policy-gradient loss, one element per token (or per decision). */
export interface PolicyColumns extends RowColumns {
  /** `[tokens]`, nats: log-probability of the taken token under the policy that is trained. */
  readonly logProbs: Float32Array;
  /** `[tokens]`, nats: the same when it acted. Absent: the importance ratio is 1. */
  readonly behaviorLogProbs?: Float32Array;
  /** `[tokens]`, nats: replaces `logProbs − behaviorLogProbs` where the ratio is a whole row's; see `sequenceLogRatios`. */
  readonly logRatios?: Float32Array;
  /** `[tokens]`: constants; no gradient flows into them. */
  readonly advantages: Float32Array;
  /** `[tokens]`, nats: under the reference policy of the KL term. */
  readonly referenceLogProbs?: Float32Array;
  /** `[tokens]`: constant factor on each token's loss, for example truncated importance weights. */
  readonly scales?: Float32Array;
}

/** What is done with the importance ratio; see `rl::Surrogate` in the kernels for each formula. */
export type Surrogate = "log-prob" | "clip" | "weighted-log-prob" | "sigmoid" | "quadratic";

/** Constants of a policy loss; a bound that is absent is not used. */
export interface PolicyLossOptions extends AggregationOptions {
  /** What is done with the ratio. */
  readonly surrogate: Surrogate;
  /** Ratios below `1 − clipLow` … */
  readonly clipLow?: number;
  /** … or above `1 + clipHigh` are clipped. */
  readonly clipHigh?: number;
  /** Bound `c > 1` of dual clipping, for negative advantages. */
  readonly dualClip?: number;
  /** Upper bound of the unclipped ratio. */
  readonly ratioCap?: number;
  /** Log-ratios are clamped to ± this, or to [lowest, highest], in nats; no gradient outside. */
  readonly logRatioClamp?: number | readonly [number, number];
  /** Weight of the k3 estimate of KL(policy ‖ reference). */
  readonly klCoefficient?: number;
  /** Multiply that estimate by the importance ratio. */
  readonly klTimesRatio?: boolean;
}

/** What a policy loss saw; fractions and means are over learnable tokens. */
export interface PolicyMetrics {
  /** The loss without its KL term. */
  readonly policyLoss: number;
  /** Learnable tokens. */
  readonly tokens: number;
  /** Share of tokens where a bound on the ratio acted. */
  readonly clipFraction: number;
  /** Share with ratio below `1 − clipLow` and a negative advantage. */
  readonly clipFractionLow: number;
  /** Share with ratio above `1 + clipHigh` and a positive advantage. */
  readonly clipFractionHigh: number;
  /** Share where dual clipping took over. */
  readonly clipFractionDual: number;
  /** Estimates of KL(behavior ‖ policy) in nats: mean of `−x`, `x²/2`, `eˣ − 1 − x` with `x` the log-ratio. */
  readonly kl: { readonly k1: number; readonly k2: number; readonly k3: number };
  /** Mean importance ratio; far from 1 means stale data. */
  readonly ratioMean: number;
  /** Largest importance ratio. */
  readonly ratioMax: number;
  /** Effective sample size as a share of the tokens: `(Σr)² / (n·Σr²)`. */
  readonly effectiveSampleShare: number;
  /** Mean k3 estimate of KL(policy ‖ reference), nats, as it entered the loss before its coefficient. */
  readonly referenceKl: number;
  /** Mean `−logProb`, nats: an estimate of the entropy when the data is on-policy. */
  readonly surprise: number;
  /** Learnable tokens whose loss or gradient is NaN or infinite; above 0 the update must be skipped. */
  readonly nonFinite: number;
}

/** A policy loss, its gradient and its metrics. */
export interface PolicyLoss {
  /** NaN or infinite when an input at a learnable token was. */
  readonly loss: number;
  /** `[tokens]`: gradient of `loss` by `logProbs`; 0 where the mask is 0. */
  readonly dLogProbs: Float32Array;
  /** What was seen on the way. */
  readonly metrics: PolicyMetrics;
}

const SURROGATES: Record<Surrogate, number> = {
  "log-prob": 0,
  "clip": 1,
  "weighted-log-prob": 2,
  "sigmoid": 3,
  "quadratic": 4,
};

/**
 * The general policy-gradient loss that the named ones (`ppoClip`, `grpo`, `reinforce`, …) are settings of.
 *
 * ```text
 * x = clamp(logProb − behaviorLogProb)     r = eˣ     d = referenceLogProb − logProb
 * loss = Σ w·(surrogate(r, A)·scale + klCoefficient·(e^d − d − 1)·[r])      w from the aggregation mode
 * ```
 *
 * Shape and unit of each column stand at {@link PolicyColumns}. All masked: loss 0, gradients 0.
 *
 * @throws {ShapeError} If a column's length is not that of `logProbs`, or `rowLengths` do not add up to it.
 * @throws {TypeError} If `surrogate` or `aggregation` is unknown.
 * @see PPO, arXiv 1707.06347, equations 6–7; the KL estimate: Schulman, "Approximating KL divergence" (2020).
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadKernels, policyLoss } from "@eddy/eddy";
 * const columns = { logProbs: Float32Array.of(-1, -2), advantages: Float32Array.of(1, 3) };
 * const { loss } = policyLoss(await loadKernels(), columns, { surrogate: "log-prob" });
 * equal(loss, (1 * 1 + 3 * 2) / 2);
 * ```
 */
export function policyLoss(kernels: Kernels, columns: PolicyColumns, options: PolicyLossOptions): PolicyLoss {
  const { logProbs, behaviorLogProbs, logRatios, advantages, referenceLogProbs, scales } = columns;
  checkLengths(logProbs.length, { behaviorLogProbs, logRatios, advantages, referenceLogProbs, scales });
  const { mask, rowLengths } = rowsOf(columns, logProbs.length);
  const surrogate = SURROGATES[options.surrogate];
  if (surrogate === undefined) throw new TypeError(`Cannot use surrogate '${options.surrogate}': it is not known`);
  const clamp = options.logRatioClamp ?? Infinity;
  const [lowest, highest] = typeof clamp === "number" ? [-clamp, clamp] : clamp;
  const dLogProbs = new Float32Array(logProbs.length);
  const seen = kernels.policyLoss(
    logProbs,
    behaviorLogProbs ?? ABSENT,
    logRatios ?? ABSENT,
    advantages,
    referenceLogProbs ?? ABSENT,
    scales ?? ABSENT,
    mask,
    rowLengths,
    ...aggregationArguments(options),
    surrogate,
    options.clipLow ?? Infinity,
    options.clipHigh ?? Infinity,
    options.dualClip ?? Infinity,
    options.ratioCap ?? Infinity,
    lowest,
    highest,
    options.klCoefficient ?? 0,
    options.klTimesRatio ?? false,
    dLogProbs,
  );
  return { loss: seen[0], dLogProbs, metrics: metricsOf(seen) };
}

/** The kernel's numbers under their names. */
function metricsOf(seen: Float64Array): PolicyMetrics {
  return {
    policyLoss: seen[1],
    tokens: seen[2],
    clipFraction: seen[3],
    clipFractionLow: seen[4],
    clipFractionHigh: seen[5],
    clipFractionDual: seen[6],
    kl: { k1: seen[7], k2: seen[8], k3: seen[9] },
    ratioMean: seen[10],
    ratioMax: seen[11],
    effectiveSampleShare: seen[12],
    referenceKl: seen[13],
    surprise: seen[14],
    nonFinite: seen[15],
  };
}
