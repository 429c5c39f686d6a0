import type { Kernels } from "../kernels/mod.ts";
import { checkLengths, type RowColumns, rowsOf } from "./_columns.ts";
import { effectiveSampleSize } from "./effective_sample_size.ts";
import { sequenceLogRatios } from "./sequence_log_ratios.ts";

/** Columns of {@linkcode correct}. */
export interface CorrectionColumns extends RowColumns {
  /** `[tokens]`, nats: under the weights that learning starts from (the proximal policy). */
  readonly logProbs: Float32Array;
  /** `[tokens]`, nats: when it acted. */
  readonly behaviorLogProbs: Float32Array;
}

/** Settings of {@linkcode correct}. */
export interface CorrectionOptions {
  /** Largest weight of a token. Default 2. */
  readonly tokenCap?: number;
  /** A row whose geometric mean of ratios lies outside is left out. Default [0.5, 2]. */
  readonly geometricRange?: readonly [lowest: number, highest: number];
}

/** What late data is still worth. */
export interface Correction {
  /** `[tokens]` truncated importance weight, mean 1 over what is kept; 0 elsewhere. A constant: no gradient flows. */
  readonly scales: Float32Array;
  /** `[tokens]` the mask without the rows that are left out: they leave the denominator, too. */
  readonly mask: Uint8Array;
  /** `[rows]` 1 where the row is kept. */
  readonly kept: Uint8Array;
  /** Share of the kept tokens whose weight was at the cap. */
  readonly cappedShare: number;
  /** Effective sample size of the kept tokens' weights, as a share of all learnable tokens. */
  readonly effectiveSampleShare: number;
}

/**
 * Weights that let a policy learn from what another version of it did: truncated importance weights a token, and rejection
 * of rows that the policy would hardly write any more, or hardly wrote then.
 *
 * ```text
 * ρ_t = exp(logProb_t − behaviorLogProb_t)      w_t = min(ρ_t, cap) / mean of the kept
 * row kept if  lowest ≤ (Π ρ_t)^(1/n) ≤ highest      over its n learnable tokens
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs`, `behaviorLogProbs` | `[tokens]` | nats | the taken token |
 * | `mask` | `[tokens]` | 0/1 | learnable tokens |
 * | `rowLengths` | `[rows]` | tokens | the steps |
 *
 * @returns Weights and mask. Data of the same weights is kept whole with weight exactly 1.
 * @throws {ShapeError} If lengths do not fit.
 * @see decoupled PPO, arXiv 2110.00641, equation 7; own derivation of the rejection's denominator:
 * `test/rl/correct_test.ts`.
 */
export function correct(kernels: Kernels, columns: CorrectionColumns, options: CorrectionOptions = {}): Correction {
  const { logProbs, behaviorLogProbs } = columns;
  const { tokenCap = 2, geometricRange: [lowest, highest] = [0.5, 2] } = options;
  checkLengths(logProbs.length, { behaviorLogProbs });
  const { mask, rowLengths } = rowsOf(columns, logProbs.length);
  const rowRatios = sequenceLogRatios(kernels, { logProbs, behaviorLogProbs, mask, rowLengths }, { mean: true });
  const keptMask = new Uint8Array(mask.length), kept = new Uint8Array(rowLengths.length);
  const weights = new Float64Array(mask.length);
  let start = 0, learnable = 0, tokens = 0, capped = 0, total = 0;
  rowLengths.forEach((length, row) => {
    const places = Array.from({ length }, (_, i) => start + i).filter((token) => mask[token] === 1);
    start += length;
    learnable += places.length;
    const ratio = places.length === 0 ? 1 : Math.exp(rowRatios[places[0]]);
    if (!(ratio >= lowest && ratio <= highest)) return;
    kept[row] = 1;
    for (const token of places) {
      const importance = Math.exp(logProbs[token] - behaviorLogProbs[token]);
      keptMask[token] = 1;
      weights[token] = Math.min(importance, tokenCap);
      capped += Number(importance > tokenCap);
      total += weights[token];
      tokens += 1;
    }
  });
  const mean = total / Math.max(tokens, 1);
  return {
    scales: Float32Array.from(weights, (weight) => mean > 0 ? weight / mean : 0),
    mask: keptMask,
    kept,
    cappedShare: capped / Math.max(tokens, 1),
    effectiveSampleShare: learnable === 0 ? 1 : effectiveSampleSize(weights) / learnable,
  };
}
