/** GAE by its definition as a sum, not a recursion: `A_t = Σ_k (Π discounts·λ) δ_{t+k}` until the trace is cut. */
export function gaeOracle(
  { rewards, values, nextValues, terminated, truncated }: Record<
    "rewards" | "values" | "nextValues" | "terminated" | "truncated",
    ArrayLike<number>
  >,
  gamma: number,
  lambda: number,
): number[] {
  return Array.from({ length: rewards.length }, (_, start) => {
    let total = 0;
    let weight = 1;
    for (let t = start; t < rewards.length; t++) {
      const discount = gamma * (1 - terminated[t]);
      total += weight * (rewards[t] + discount * nextValues[t] - values[t]);
      if (terminated[t] || truncated[t]) break;
      weight *= discount * lambda;
    }
    return total;
  });
}
