/** Steps of one episode, as {@link retraceOracle} reads them; `next…` of the observation that followed. */
export interface RetraceStep {
  readonly reward: number;
  readonly discount: number;
  readonly nextValues: readonly number[];
  readonly nextProbabilities: readonly number[];
  readonly nextAction: number;
  readonly nextPropensity: number;
}

/** Retrace by its definition as a sum of traced errors, not a recursion of targets: `q + Σ_k (Π γ c) δ_{t+k}`. */
export function retraceOracle(steps: readonly RetraceStep[], lambda: number): number[] {
  const expected = ({ nextValues, nextProbabilities }: RetraceStep): number =>
    nextValues.reduce((sum, value, a) => sum + value * nextProbabilities[a], 0);
  return steps.map((first, start) => {
    let target = first.reward + first.discount * expected(first);
    let weight = first.discount;
    for (let k = start + 1; k < steps.length; k++) {
      const before = steps[k - 1];
      weight *= lambda * Math.min(1, before.nextProbabilities[before.nextAction] / before.nextPropensity);
      const error = steps[k].reward + steps[k].discount * expected(steps[k]) - before.nextValues[before.nextAction];
      target += weight * error;
      weight *= steps[k].discount;
    }
    return target;
  });
}
