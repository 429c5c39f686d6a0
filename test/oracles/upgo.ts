/** Upgoing returns by looking ahead: sum rewards until a step that went worse than expected, and take the value there. */
export function upgoOracle(
  { rewards, nextValues, discounts }: Record<"rewards" | "nextValues" | "discounts", ArrayLike<number>>,
): number[] {
  const goesOn = (t: number): boolean =>
    t + 1 < rewards.length && rewards[t + 1] + discounts[t + 1] * nextValues[t + 1] >= nextValues[t];
  return Array.from({ length: rewards.length }, (_, start) => {
    let [sum, weight, t] = [rewards[start], discounts[start], start];
    while (goesOn(t)) {
      t += 1;
      sum += weight * rewards[t];
      weight *= discounts[t];
    }
    return sum + weight * nextValues[t];
  });
}
