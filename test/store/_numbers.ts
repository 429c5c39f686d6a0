/** Whole numbers in [lowest, highest], equal for equal seeds: a linear congruential generator. */
export function numbers(seed: number, lowest: number, highest: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return lowest + Math.floor((state / 2 ** 32) * (highest - lowest + 1));
  };
}
