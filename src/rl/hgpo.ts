import { checkLengths } from "./_columns.ts";
import { type EpisodeColumns, episodesOf } from "./_episodes.ts";

/** Columns of {@link hgpo}. */
export interface HgpoColumns extends EpisodeColumns {
  /** `[steps]`: steps of one task that saw the same have one number. */
  readonly observations: Uint32Array;
}

/** Settings of {@link hgpo}. */
export interface HgpoOptions {
  /** γ. Default 0.95. */
  readonly gamma?: number;
  /** Longest history that is compared, in observations, the present one among them. Default 3. */
  readonly depth?: number;
  /** How much more a longer history counts. Default 1. */
  readonly alpha?: number;
  /** Adds the episode's own comparison as history of length 0. Default false. */
  readonly withEpisode?: boolean;
  /** Division by population deviations; default `none`. */
  readonly scale?: "none" | "group";
  /** Added to deviations. Default 1e-6. */
  readonly epsilon?: number;
}

/**
 * Hierarchy of group advantages: a step against those that saw the same after the same history, for several lengths of it.
 *
 * ```text
 * a_k = (G − mean)/(deviation + ε) over the task's steps with the same last k observations, k = 1 … depth
 * A = Σ w_k a_k / Σ w_k over the k whose group has at least two members,  w_k = (k + 1)^α
 * ```
 *
 * A step that nobody shares anything with gets 0. A group in which a step is exactly average counts like any other. At the
 * start of an episode the history is as long as there is one, and equals only histories that are as short.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `rewards`, `observations` | `[steps]` | reward, id | per decision; G is the discounted return from there on |
 * | `stepsPerEpisode`, `groups` | `[episodes]` | steps, id | Σ steps = steps |
 *
 * @returns `[steps]`, reward.
 * @throws {ShapeError} If lengths do not fit.
 * @throws {RangeError} If the depth is no whole number of at least 1.
 * @see arXiv 2602.22817 (hierarchy-of-groups policy optimization); membership, not the value 0, decides here.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { hgpo } from "@eddy/eddy";
 * const advantages = hgpo({ // both episodes see 5, after different observations
 *   rewards: Float32Array.of(0, 1, 0, 0),
 *   observations: Uint32Array.of(1, 5, 2, 5),
 *   stepsPerEpisode: Uint32Array.of(2, 2),
 *   groups: Uint32Array.of(0, 0),
 * });
 * deepEqual([...advantages], [0, 0.5, 0, -0.5]); // alone at depth 2 and 3: only depth 1 speaks
 * ```
 */
export function hgpo(columns: HgpoColumns, options: HgpoOptions = {}): Float32Array {
  const { rewards, observations, stepsPerEpisode, groups } = columns;
  const { gamma = 0.95, depth = 3, alpha = 1, withEpisode = false, scale = "none", epsilon = 1e-6 } = options;
  if (!(Number.isInteger(depth) && depth >= 1)) {
    throw new RangeError(`Cannot compare histories: the depth is ${depth}, expected a whole number of at least 1`);
  }
  const steps = rewards.length;
  checkLengths(steps, { observations });
  checkLengths(stepsPerEpisode.length, { groups });
  const episodeOf = episodesOf(stepsPerEpisode, steps);
  const returns = returnsOf(rewards, episodeOf, gamma);
  const sums = new Float64Array(steps);
  const weights = new Float64Array(steps);
  const add = (keys: readonly string[], scores: Float64Array, weight: number): void => {
    for (const members of groupsOf(keys).values()) {
      if (members.length < 2) continue;
      const mean = members.reduce((sum, step) => sum + scores[step], 0) / members.length;
      const variance = members.reduce((sum, step) => sum + (scores[step] - mean) ** 2, 0) / members.length;
      const divisor = scale === "group" ? Math.sqrt(variance) + epsilon : 1;
      for (const step of members) {
        sums[step] += weight * (scores[step] - mean) / divisor;
        weights[step] += weight;
      }
    }
  };
  if (withEpisode) addEpisodes(columns, episodeOf, { scale, epsilon }, sums, weights);
  let keys = Array.from(episodeOf, (episode) => `${groups[episode]}`);
  for (let k = 1; k <= depth; k++) {
    keys = keys.map((key, step) => {
      const seen = step - k + 1;
      return `${key} ${seen >= 0 && episodeOf[seen] === episodeOf[step] ? observations[seen] : "-"}`;
    });
    add(keys, returns, (k + 1) ** alpha);
  }
  return Float32Array.from(sums, (sum, step) => weights[step] === 0 ? 0 : sum / weights[step]);
}

/** The episode's total against its task's, with weight 1: (0 + 1)^α. */
function addEpisodes(
  { rewards, groups }: HgpoColumns,
  episodeOf: Uint32Array,
  { scale, epsilon }: Required<Pick<HgpoOptions, "scale" | "epsilon">>,
  sums: Float64Array,
  weights: Float64Array,
): void {
  const totals = new Float64Array(groups.length);
  rewards.forEach((reward, step) => totals[episodeOf[step]] += reward);
  for (const members of groupsOf(Array.from(groups, String)).values()) {
    if (members.length < 2) continue;
    const mean = members.reduce((sum, episode) => sum + totals[episode], 0) / members.length;
    const variance = members.reduce((sum, episode) => sum + (totals[episode] - mean) ** 2, 0) / members.length;
    const inside = new Set(members);
    episodeOf.forEach((episode, step) => {
      if (!inside.has(episode)) return;
      sums[step] += (totals[episode] - mean) / (scale === "group" ? Math.sqrt(variance) + epsilon : 1);
      weights[step] += 1;
    });
  }
}

/** Discounted returns in float64. */
function returnsOf(rewards: Float32Array, episodeOf: Uint32Array, gamma: number): Float64Array {
  const returns = Float64Array.from(rewards);
  for (let step = rewards.length - 2; step >= 0; step--) {
    if (episodeOf[step] === episodeOf[step + 1]) returns[step] += gamma * returns[step + 1];
  }
  return returns;
}

function groupsOf(keys: readonly string[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  keys.forEach((key, at) => {
    const members = groups.get(key);
    if (members) members.push(at);
    else groups.set(key, [at]);
  });
  return groups;
}
