/** One decision of one episode, written as an object. */
export interface OracleStep {
  readonly episode: number;
  readonly group: number;
  readonly state: number;
  readonly reward: number;
}

/** Discounted return from each step on, by its definition. */
export function returnsOracle(steps: readonly OracleStep[], gamma: number): number[] {
  return steps.map(({ episode }, t) => {
    const rest = steps.slice(t).filter((other) => other.episode === episode);
    return rest.reduce((sum, { reward }, k) => sum + gamma ** k * reward, 0);
  });
}

/** GiGPO without deviations: for each step, the two means over lists that are looked up anew. */
export function gigpoOracle(steps: readonly OracleStep[], gamma: number, stepWeight: number): number[] {
  const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
  const returns = returnsOracle(steps, gamma);
  const total = (episode: number): number =>
    steps.filter((step) => step.episode === episode).reduce((sum, { reward }) => sum + reward, 0);
  return steps.map((step, t) => {
    const episodes = [...new Set(steps.filter(({ group }) => group === step.group).map(({ episode }) => episode))];
    const ofEpisode = total(step.episode) - (episodes.length === 1 ? 0 : mean(episodes.map(total)));
    const same = returns.filter((_, k) => steps[k].group === step.group && steps[k].state === step.state);
    return ofEpisode + stepWeight * (returns[t] - mean(same));
  });
}

/** HGPO without deviations, by comparing histories as strings. */
export function hgpoOracle(steps: readonly OracleStep[], gamma: number, depth: number, alpha: number): number[] {
  const returns = returnsOracle(steps, gamma);
  const history = (t: number, k: number): string => {
    const own = steps.slice(0, t + 1).filter(({ episode }) => episode === steps[t].episode);
    const last = own.slice(-k).map(({ state }) => state).join();
    return `${steps[t].group}: ${Math.min(k, own.length)}: ${last}`;
  };
  return steps.map((_, t) => {
    let [sum, weights] = [0, 0];
    for (let k = 1; k <= depth; k++) {
      const same = returns.filter((_, other) => history(other, k) === history(t, k));
      if (same.length < 2) continue;
      sum += (k + 1) ** alpha * (returns[t] - same.reduce((s, x) => s + x, 0) / same.length);
      weights += (k + 1) ** alpha;
    }
    return weights === 0 ? 0 : sum / weights;
  });
}
