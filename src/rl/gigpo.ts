import type { Kernels } from "../kernels/mod.ts";
import { checkLengths } from "./_columns.ts";
import { type EpisodeColumns, episodesOf, numbered, totalsOf } from "./_episodes.ts";
import { discountedReturns } from "./discounted_returns.ts";
import { groupAdvantages } from "./group_advantages.ts";

/** Columns of {@link gigpo}. */
export interface GigpoColumns extends EpisodeColumns {
  /** `[steps]`: steps of one task that saw the same state have one number. A state, not a rendering of it. */
  readonly states: Uint32Array;
}

/** Settings of {@link gigpo}. */
export interface GigpoOptions {
  /** γ; below 1 the shorter of equal outcomes is the better one. Default 0.95. */
  readonly gamma?: number;
  /** Weight of the step's part. Default 1. */
  readonly stepWeight?: number;
  /** Division by sample deviations; default `none`, as in the paper. */
  readonly scale?: "none" | "group";
  /** Added to deviations. Default 1e-6. */
  readonly epsilon?: number;
}

/** What GiGPO gives. */
export interface Gigpo {
  /** `[steps]`, reward: both parts. */
  readonly advantages: Float32Array;
  /** `[steps]`, reward: discounted return from each step on. */
  readonly returns: Float32Array;
  /** Mean number of steps that share a state; below 1.5 the step's part hardly acts. */
  readonly meanClusterSize: number;
}

/**
 * Group-in-group advantages: an episode against the others of its task, and a step against those that saw the same state.
 *
 * ```text
 * G_t = r_t + γ·G_{t+1}        A = A_episode + stepWeight · A_step
 * A_episode = Σr − mean of the task's episodes          A_step = G_t − mean of G over the task's steps in this state
 * ```
 *
 * With `scale: "group"` each part is divided by its sample deviation plus ε. A state that was seen once says nothing: 0. A
 * task with one episode keeps its reward.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `rewards` r, `states` | `[steps]` | reward, id | per decision |
 * | `stepsPerEpisode`, `groups` | `[episodes]` | steps, id | Σ steps = steps; ids are arbitrary |
 *
 * @throws {ShapeError} If lengths do not fit.
 * @see Feng et al., arXiv 2505.10978 (GiGPO).
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { gigpo, loadKernels } from "@eddy/eddy";
 * const { advantages } = gigpo(await loadKernels(), { // two episodes of one task meet in state 7
 *   rewards: Float32Array.of(0, 1, 0),
 *   states: Uint32Array.of(7, 8, 7),
 *   stepsPerEpisode: Uint32Array.of(2, 1),
 *   groups: Uint32Array.of(0, 0),
 * }, { gamma: 1 });
 * deepEqual([...advantages], [1, 0.5, -1]); // 1 − 1/2 and, in state 7, 1 − 1/2
 * ```
 */
export function gigpo(kernels: Kernels, columns: GigpoColumns, options: GigpoOptions = {}): Gigpo {
  const { rewards, states, stepsPerEpisode, groups } = columns;
  const { gamma = 0.95, stepWeight = 1, scale = "none", epsilon = 1e-6 } = options;
  checkLengths(rewards.length, { states });
  checkLengths(stepsPerEpisode.length, { groups });
  const episodeOf = episodesOf(stepsPerEpisode, rewards.length);
  const returns = discountedReturns(kernels, { rewards, rowLengths: stepsPerEpisode }, { gamma });
  const totals = totalsOf(rewards, stepsPerEpisode);
  const ofEpisode = groupAdvantages(kernels, { rewards: totals, groups }, { singleton: "raw", scale, epsilon });
  const clusters = numbered(Array.from(states, (state, step) => `${groups[episodeOf[step]]} ${state}`));
  const ofStep = groupAdvantages(kernels, { rewards: returns, groups: clusters }, {
    singleton: "zero",
    scale,
    epsilon,
  });
  return {
    advantages: ofStep.map((advantage, step) => ofEpisode[episodeOf[step]] + stepWeight * advantage),
    returns,
    meanClusterSize: rewards.length / Math.max(1, new Set(clusters).size),
  };
}
