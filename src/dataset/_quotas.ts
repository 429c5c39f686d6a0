/**
 * Whole numbers in proportion to weights that add up to `budget`: rounded down, then one more for the largest remainders,
 * the earlier of equal ones first.
 */
export function quotas(weights: readonly number[], budget: number): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const exact = weights.map((weight) => weight / total * budget);
  const whole = exact.map(Math.floor);
  const missing = budget - whole.reduce((sum, quota) => sum + quota, 0);
  const byRemainder = [...exact.keys()].sort((a, b) => exact[b] - whole[b] - (exact[a] - whole[a]) || a - b);
  for (const source of byRemainder.slice(0, missing)) whole[source] += 1;
  return whole;
}
