import { importanceWeights, type LoggedColumns, type OffPolicyEstimate } from "./_logged.ts";

/**
 * Replay: the mean reward of the steps where a deterministic policy would have done what was logged.
 *
 * ```text
 * Σ [π(a|x) = 1] r / Σ [π(a|x) = 1]
 * ```
 *
 * Unbiased only if the logging policy chose uniformly; use {@link snips} otherwise. 0 if nothing matches.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `probabilities` π | `[steps]` | 1 | of the logged action, now: 1 or less |
 * | `rewards` r | `[steps]` | reward | of the logged action |
 *
 * @returns `terms` are the matching steps' rewards; `effectiveSamples` is their number.
 * @throws {ShapeError} If lengths differ.
 * @throws {RangeError} If a propensity is not in (0, 1].
 * @see Li, Chu, Langford & Wang, arXiv 1003.5956, algorithm 2 and theorem 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { replay } from "@eddy/eddy";
 * const { estimate } = replay({
 *   probabilities: Float64Array.of(1, 0, 1),
 *   propensities: Float64Array.of(0.5, 0.5, 0.5),
 *   rewards: Float64Array.of(1, 1, 0),
 * });
 * assert.equal(estimate, 0.5);
 * ```
 */
export function replay(columns: LoggedColumns): OffPolicyEstimate {
  importanceWeights(columns, {}); // checks
  const weights = columns.probabilities.map((probability) => Number(probability === 1));
  const terms = columns.rewards.filter((_, step) => weights[step] === 1);
  const estimate = terms.length === 0 ? 0 : terms.reduce((sum, reward) => sum + reward, 0) / terms.length;
  return { estimate, terms, effectiveSamples: terms.length, weights, clippedShare: 0 };
}
