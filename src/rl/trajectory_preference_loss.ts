import { ShapeError } from "../errors.ts";
import { checkLengths, rowsOf } from "./_columns.ts";
import { type ImplicitRewardColumns, implicitRewards } from "./implicit_rewards.ts";

/** Columns of {@link trajectoryPreferenceLoss}: tokens, whose rows are steps, whose episodes belong to tasks. */
export interface TrajectoryPreferenceColumns extends ImplicitRewardColumns {
  /** `[episodes]`, steps (rows) of each. */
  readonly stepsPerEpisode: Uint32Array;
  /** `[episodes]`: 1 = solved. */
  readonly successes: Uint8Array;
  /** `[episodes]`: episodes of one task have one number. */
  readonly groups: Uint32Array;
}

/** Settings of {@link trajectoryPreferenceLoss}. */
export interface TrajectoryPreferenceOptions {
  /** β, reward per nat. */
  readonly beta: number;
  /** `mean` over steps hides how many there were, `sum` rewards many. Default `mean`. */
  readonly over?: "mean" | "sum";
}

/** A loss over pairs and its gradient. */
export interface TrajectoryPreferenceLoss {
  /** Mean over pairs; 0 without any. */
  readonly loss: number;
  /** `[tokens]`: gradient of `loss` by `logProbs`; 0 where the mask is 0. */
  readonly dLogProbs: Float32Array;
  /** Pairs of a solved and a failed episode of one task. */
  readonly pairs: number;
  /** Share of pairs whose solved episode has the higher score. */
  readonly accuracy: number;
}

/**
 * Trains implicit step rewards on which episodes of a task were solved: every solved one against every failed one (iStar).
 *
 * ```text
 * r_s = β Σ_{t in s} (logProb − referenceLogProb)        S = mean (or sum) of r over the steps of an episode
 * loss = mean over pairs of −log σ(S⁺ − S⁻)              ∂/∂S⁺ = −σ(S⁻ − S⁺)/pairs,  ∂S/∂logProb = β/steps
 * ```
 *
 * Tasks that all episodes solve, or none, have no pairs. An episode without steps has S = 0.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs`, `referenceLogProbs` | `[tokens]` | nats | rows are steps: `rowLengths` `[steps]` |
 * | `successes`, `groups` | `[episodes]` | 0/1, id | |
 *
 * @throws {ShapeError} If lengths do not fit.
 * @see arXiv 2509.19199 (iStar).
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { trajectoryPreferenceLoss } from "@eddy/eddy";
 * const { loss, dLogProbs } = trajectoryPreferenceLoss({
 *   logProbs: Float32Array.of(-1, -1),
 *   referenceLogProbs: Float32Array.of(-1, -1),
 *   rowLengths: Uint32Array.of(1, 1),
 *   stepsPerEpisode: Uint32Array.of(1, 1),
 *   successes: Uint8Array.of(1, 0),
 *   groups: Uint32Array.of(0, 0),
 * }, { beta: 1 });
 * equal(loss, Math.log(2));
 * equal([...dLogProbs].join(), "-0.5,0.5");
 * ```
 */
export function trajectoryPreferenceLoss(
  columns: TrajectoryPreferenceColumns,
  { beta, over = "mean" }: TrajectoryPreferenceOptions,
): TrajectoryPreferenceLoss {
  const { stepsPerEpisode, successes, groups } = columns;
  const { mask, rowLengths } = rowsOf(columns, columns.logProbs.length);
  checkLengths(stepsPerEpisode.length, { successes, groups });
  const covered = stepsPerEpisode.reduce((sum, count) => sum + count, 0);
  if (covered !== rowLengths.length) throw new ShapeError("stepsPerEpisode", `a sum of ${rowLengths.length}`, covered);
  const { rowRewards } = implicitRewards(columns, { beta });
  const divisor = (episode: number): number => over === "mean" ? Math.max(1, stepsPerEpisode[episode]) : 1;
  let step = 0;
  const scores = Float64Array.from(stepsPerEpisode, (count, episode) => {
    let sum = 0;
    for (const end = step + count; step < end; step++) sum += rowRewards[step];
    return sum / divisor(episode);
  });
  const { loss, slopes, pairs, right } = compared(scores, successes, groups);
  const dLogProbs = new Float32Array(mask.length);
  let [row, t] = [0, 0];
  stepsPerEpisode.forEach((count, episode) => {
    const slope = beta * slopes[episode] / divisor(episode);
    for (const lastRow = row + count; row < lastRow; row++) {
      for (const end = t + rowLengths[row]; t < end; t++) dLogProbs[t] = mask[t] ? slope : 0;
    }
  });
  return { loss, dLogProbs, pairs, accuracy: pairs === 0 ? 0 : right / pairs };
}

/** The pairs' mean loss and its slope by each score. */
function compared(
  scores: Float64Array,
  successes: Uint8Array,
  groups: Uint32Array,
): { readonly loss: number; readonly slopes: Float64Array; readonly pairs: number; readonly right: number } {
  const slopes = new Float64Array(scores.length);
  let [loss, pairs, right] = [0, 0, 0];
  for (let good = 0; good < scores.length; good++) {
    if (!successes[good]) continue;
    for (let bad = 0; bad < scores.length; bad++) {
      if (successes[bad] || groups[bad] !== groups[good]) continue;
      const gap = scores[good] - scores[bad];
      const wrong = 1 / (1 + Math.exp(gap));
      loss += Math.max(-gap, 0) + Math.log1p(Math.exp(-Math.abs(gap)));
      slopes[good] -= wrong;
      slopes[bad] += wrong;
      pairs += 1;
      right += Number(gap > 0);
    }
  }
  const scale = 1 / Math.max(1, pairs);
  return { loss: loss * scale, slopes: slopes.map((slope) => slope * scale), pairs, right };
}
