/** Settings of {@linkcode createValueTracker}. */
export interface ValueTrackerOptions {
  /** Movement of the policy, in nats, after which evidence counts half. Default 0.1. */
  readonly halvingKl?: number;
  /** Least that evidence keeps over one movement, however far it was. Default 0.5. */
  readonly leastKept?: number;
  /** Outcomes that the prior counts as. Default 4. */
  readonly priorWeight?: number;
  /** Clusters that are kept; the longest unused one is forgotten. Default 4096. */
  readonly clusters?: number;
}

/** What a tracker knows, as JSON. */
export interface ValueTrackerState {
  /** Halvings of all evidence so far. */
  readonly halvings: number;
  /** Key, weight of the evidence, its mean, and the halvings when it was last touched. */
  readonly clusters: readonly (readonly [key: string, weight: number, mean: number, halvings: number])[];
}

/** Running means of outcomes by cluster, which forget as the policy moves. */
export interface ValueTracker {
  /** Expected outcome of a cluster. @param prior Expected before anything was seen of it. */
  value(key: string, prior: number): number;
  /** Takes an outcome in. */
  add(key: string, outcome: number): void;
  /** Forgets as much as a policy that moved by `kl` nats has changed. */
  decay(kl: number): void;
  /** Everything it knows. */
  state(): ValueTrackerState;
}

/**
 * A baseline for requests that come once: what similar ones were worth, under about this policy.
 *
 * ```text
 * ρ = max(2^(−KL/halvingKl), leastKept)      N ← ρN      v unchanged            decay
 * v ← v + (r − v)/(N + 1)                    N ← N + 1                          add
 * value = (N·v + n·prior)/(N + n)            n = priorWeight
 * ```
 *
 * For r in {0, 1} this is the mean of a Beta distribution with α = Nv, β = N(1 − v) whose counts are forgotten with ρ.
 *
 * | Symbol | Unit | Meaning |
 * | --- | --- | --- |
 * | `r`, `v`, `prior` | reward | outcome, its mean, the expectation before |
 * | `N`, `n` | outcomes | weight of the evidence and of the prior |
 * | `KL` | nats | how far the policy moved |
 *
 * @see arXiv 2509.13232 (single-stream policy optimization), §3; its EMA for rewards that are not binary has the rate
 * 1/(ρN + 1).
 */
export function createValueTracker(options: ValueTrackerOptions = {}, from?: ValueTrackerState): ValueTracker {
  const { halvingKl = 0.1, leastKept = 0.5, priorWeight = 4, clusters: most = 4096 } = options;
  let halvings = from?.halvings ?? 0;
  const clusters = new Map((from?.clusters ?? []).map(([key, weight, mean, at]) => [key, { weight, mean, at }]));
  const weightOf = (cluster: { readonly weight: number; readonly at: number }): number =>
    cluster.weight * 2 ** (cluster.at - halvings);
  return {
    value: (key, prior) => {
      const cluster = clusters.get(key);
      if (!cluster) return prior;
      const weight = weightOf(cluster);
      return (weight * cluster.mean + priorWeight * prior) / (weight + priorWeight);
    },
    add: (key, outcome) => {
      const { weight, mean } = clusterOf(key);
      clusters.delete(key);
      clusters.set(key, { weight: weight + 1, mean: mean + (outcome - mean) / (weight + 1), at: halvings });
      if (clusters.size > most) clusters.delete(clusters.keys().next().value!);
    },
    decay: (kl) => {
      halvings += Math.min(Math.max(kl, 0) / halvingKl, -Math.log2(leastKept));
    },
    state: () => ({
      halvings,
      clusters: [...clusters].map(([key, { weight, mean, at }]) => [key, weight, mean, at] as const),
    }),
  };

  function clusterOf(key: string): { readonly weight: number; readonly mean: number } {
    const cluster = clusters.get(key);
    return cluster ? { weight: weightOf(cluster), mean: cluster.mean } : { weight: 0, mean: 0 };
  }
}
