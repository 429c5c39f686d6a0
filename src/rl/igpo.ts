import type { Kernels } from "../kernels/mod.ts";
import { ShapeError } from "../errors.ts";
import { checkLengths } from "./_columns.ts";
import { discountedReturns } from "./discounted_returns.ts";
import { episodesOf } from "./_episodes.ts";
import { groupAdvantages } from "./group_advantages.ts";

/** Columns of {@link igpo}. */
export interface IgpoColumns {
  /**
   * `[turns + episodes]`, nats: mean log-probability of the known answer's tokens, before the first turn of an episode and
   * after each of its turns. Scored from observations alone: an answer that is repeated in a thought says nothing.
   */
  readonly answerLogProbs: Float32Array;
  /** `[episodes]`, reward of each; takes the place of the last turn's gain. */
  readonly outcomes: Float32Array;
  /** `[episodes]`, turns of each. */
  readonly turnsPerEpisode: Uint32Array;
  /** `[episodes]`: episodes of one task have one number. */
  readonly groups: Uint32Array;
}

/** Settings of {@link igpo}. */
export interface IgpoOptions {
  /** γ of the sum over turns. Default 1. */
  readonly gamma?: number;
  /** Gain in probability (default) or in log-probability. */
  readonly gain?: "probability" | "log";
  /**
   * `group`: all turn rewards of a task share mean and deviation, as published; biased where the policy chooses the number of
   * turns (see below). `none`: raw rewards, for a baseline of one's own. Default `group`.
   */
  readonly normalize?: "group" | "none";
}

/** What IGPO gives. */
export interface Igpo {
  /** `[turns]`, reward: gain of each turn, the outcome at the last. */
  readonly rewards: Float32Array;
  /** `[turns]`. */
  readonly advantages: Float32Array;
}

/**
 * Information gain: a turn is worth what it added to the probability of the known answer.
 *
 * ```text
 * r_t = p(answer | h_t) − p(answer | h_{t−1}),  r_T = outcome          p = exp(mean log-probability)
 * r̃ = (r − mean of the task)/(deviation + 1e-6)                        A_t = r̃_t + γ·A_{t+1}
 * ```
 *
 * **The stopping-time trap.** Subtracting a mean from every turn's reward and then summing takes more away from long
 * episodes: whoever decides to go on pays the mean once more. Where the policy chooses the number of turns that changes what
 * is learned. Then use `normalize: "none"` and a baseline on the sum, such as a value or the others' returns.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `answerLogProbs` | `[turns + episodes]` | nats | one more than turns for each episode |
 * | `outcomes` | `[episodes]` | reward | |
 *
 * @throws {ShapeError} If lengths do not fit.
 * @see arXiv 2510.14967 (IGPO); the trap: own derivation, `test/rl/stopping_time_test.ts`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { igpo, loadKernels } from "@eddy/eddy";
 * const { rewards, advantages } = igpo(await loadKernels(), {
 *   answerLogProbs: Float32Array.of(-2, -1, -0.5), // before, after the first turn, after the last
 *   outcomes: Float32Array.of(1),
 *   turnsPerEpisode: Uint32Array.of(2),
 *   groups: Uint32Array.of(0),
 * }, { gain: "log", normalize: "none" });
 * deepEqual([...rewards], [1, 1]);
 * deepEqual([...advantages], [2, 1]);
 * ```
 */
export function igpo(kernels: Kernels, columns: IgpoColumns, options: IgpoOptions = {}): Igpo {
  const { answerLogProbs, outcomes, turnsPerEpisode, groups } = columns;
  const { gamma = 1, gain = "probability", normalize = "group" } = options;
  const episodes = turnsPerEpisode.length;
  checkLengths(episodes, { outcomes, groups });
  const turns = turnsPerEpisode.reduce((sum, count) => sum + count, 0);
  if (answerLogProbs.length !== turns + episodes) {
    throw new ShapeError("answerLogProbs", turns + episodes, answerLogProbs.length);
  }
  const episodeOf = episodesOf(turnsPerEpisode, turns);
  const scores = gain === "log" ? answerLogProbs : answerLogProbs.map(Math.exp);
  // Before turn t of episode e stand t turns and e starts.
  const rewards = Float32Array.from(episodeOf, (episode, turn) => {
    const last = turn + 1 === turns || episodeOf[turn + 1] !== episode;
    return last ? outcomes[episode] : scores[turn + episode + 1] - scores[turn + episode];
  });
  const groupOfTurn = episodeOf.map((episode) => groups[episode]);
  const centered = normalize === "none"
    ? rewards
    : groupAdvantages(kernels, { rewards, groups: groupOfTurn }, { scale: "group", singleton: "zero" });
  const advantages = discountedReturns(kernels, { rewards: centered, rowLengths: turnsPerEpisode }, { gamma });
  return { rewards, advantages };
}
