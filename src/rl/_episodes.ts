import { ShapeError } from "../errors.ts";

/** Steps of several episodes, one episode after the other. */
export interface EpisodeColumns {
  /** `[steps]`, reward of each decision. */
  readonly rewards: Float32Array;
  /** `[episodes]`, steps of each. */
  readonly stepsPerEpisode: Uint32Array;
  /** `[episodes]`: episodes of one task have one number; any numbers. */
  readonly groups: Uint32Array;
}

/** Index of each step's episode, `[steps]`. @throws {ShapeError} If the episodes do not cover the steps. */
export function episodesOf(stepsPerEpisode: Uint32Array, steps: number): Uint32Array {
  const covered = stepsPerEpisode.reduce((sum, count) => sum + count, 0);
  if (covered !== steps) throw new ShapeError("stepsPerEpisode", `a sum of ${steps}`, covered);
  const episodeOf = new Uint32Array(steps);
  let start = 0;
  stepsPerEpisode.forEach((count, episode) => {
    episodeOf.fill(episode, start, start + count);
    start += count;
  });
  return episodeOf;
}

/** Sum of each episode's rewards, `[episodes]`. */
export function totalsOf(rewards: Float32Array, stepsPerEpisode: Uint32Array): Float32Array {
  let start = 0;
  return Float32Array.from(stepsPerEpisode, (count) => {
    const total = rewards.subarray(start, start + count).reduce((sum, reward) => sum + reward, 0);
    start += count;
    return total;
  });
}

/** Numbers for keys, in the order of their first appearance. */
export function numbered(keys: readonly string[]): Uint32Array {
  const numbers = new Map<string, number>();
  return Uint32Array.from(keys, (key) => {
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    return numbers.get(key)!;
  });
}
