/** A small repeatable source of choices. */
export interface Draw {
  /** A uniform in [0, 1). */
  uniform(): number;
  /** An integer in [0, bound). */
  below(bound: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
}

/**
 * Makes the source that belongs to `seed` and `stream`; equal arguments give equal choices.
 *
 * @param seed Any non-negative safe integer.
 * @param stream Tells apart sources of one seed.
 * @see mulberry32: a Weyl sequence with a mixing function. Good enough for drawing tasks, not for anything secret.
 */
export function openDraw(seed: number, stream: number): Draw {
  let state = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(Math.floor(seed / 2 ** 32) + 1, 0x85ebca6b) ^
    Math.imul(stream + 1, 0xc2b2ae35)) | 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(uniform() * bound);
  return { uniform, below, chance: (probability) => uniform() < probability, pick: (list) => list[below(list.length)] };
}
