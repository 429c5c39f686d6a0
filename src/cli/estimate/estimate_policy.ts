import {
  directMethod,
  doublyRobust,
  ips,
  type MeanBounds,
  type OffPolicyEstimate,
  overlap,
  snips,
  studentBounds,
} from "../../rl/mod.ts";
import type { LoggedDecision } from "./logged_decision.ts";
import type { TargetPolicy } from "./target_policy.ts";

/** A mean with the bounds that hold together with 95 %, as far as Student's distribution fits. */
export interface Interval {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** What a log says about a policy. */
export interface PolicyEstimate {
  readonly decisions: number;
  /** Mean reward of the log. */
  readonly logged: Interval;
  /** By name of the estimator. */
  readonly estimates: Readonly<Record<string, Interval>>;
  /** Doubly robust estimate minus the log's own, decision by decision. */
  readonly difference: Interval;
  readonly effectiveSamples: number;
  /** Reasons not to trust any of it. */
  readonly warnings: readonly string[];
}

/** Rewards that differ from the most frequent one, below which no normal approximation fits. */
const LEAST_UNUSUAL = 10;
/** Of two bounds that hold together with 95 %. */
const EACH = 0.975;

/**
 * Estimates what a policy would have earned on logged decisions.
 *
 * The model of the rewards is the mean of each action, shrunk towards the mean of all by one decision, and cross-fitted: it
 * never saw the decision that it values.
 */
export function estimatePolicy(decisions: readonly LoggedDecision[], policy: TargetPolicy): PolicyEstimate {
  const n = decisions.length;
  const probabilities = new Float64Array(n);
  const [logged, own] = [new Float64Array(n), new Float64Array(n)];
  const models = [0, 1].map((half) => actionMeans(decisions.filter((_, index) => index % 2 !== half)));
  decisions.forEach((decision, index) => {
    const row = policy(decision, index);
    const valueOf = models[index % 2];
    probabilities[index] = row[decision.choice];
    logged[index] = valueOf(decision.candidates[decision.choice]);
    own[index] = row.reduce((sum, p, action) => p === 0 ? sum : sum + p * valueOf(decision.candidates[action]), 0);
  });
  const rewards = Float64Array.from(decisions, ({ reward }) => reward);
  const columns = {
    probabilities,
    propensities: Float64Array.from(decisions, (d) => d.propensity),
    rewards,
    logged,
    own,
  };
  const byWeight = ips(columns);
  const robust = doublyRobust(columns);
  const { effectiveSamples, warnings } = overlap(byWeight.weights);
  return {
    decisions: n,
    logged: interval(rewards),
    estimates: {
      ips: ofEstimate(byWeight),
      snips: ofEstimate(snips(columns)),
      // Its terms know nothing of the model's error: no bounds.
      "direct method": { value: directMethod(own).estimate, lower: -Infinity, upper: Infinity },
      "doubly robust": ofEstimate(robust),
    },
    difference: interval(robust.terms.map((term, index) => term - rewards[index])),
    effectiveSamples,
    warnings: [...warnings, ...rareRewards(rewards.filter((_, index) => byWeight.weights[index] > 0))],
  };
}

/** Bounds made of a handful of clicks are too narrow, whatever their number of decisions. */
function rareRewards(rewards: Float64Array): string[] {
  const counts = new Map<number, number>();
  for (const reward of rewards) counts.set(reward, (counts.get(reward) ?? 0) + 1);
  const unusual = rewards.length - [...counts.values()].reduce((most, count) => Math.max(most, count), 0);
  if (unusual >= LEAST_UNUSUAL) return [];
  return [
    `Only ${unusual} of the decisions that speak about this policy earned anything unusual: bounds are too narrow.`,
  ];
}

function ofEstimate({ terms }: OffPolicyEstimate): Interval {
  return interval(terms);
}

function interval(terms: Float64Array): Interval {
  const { mean, lower, upper }: MeanBounds = studentBounds(terms, EACH);
  return { value: mean, lower, upper };
}

/** Mean reward by action, of these decisions. */
function actionMeans(decisions: readonly LoggedDecision[]): (action: string) => number {
  const sums = new Map<string, { sum: number; count: number }>();
  let total = 0;
  for (const { candidates, choice, reward } of decisions) {
    const own = sums.get(candidates[choice]) ?? { sum: 0, count: 0 };
    sums.set(candidates[choice], { sum: own.sum + reward, count: own.count + 1 });
    total += reward;
  }
  const overall = decisions.length === 0 ? 0 : total / decisions.length;
  return (action) => {
    const { sum, count } = sums.get(action) ?? { sum: 0, count: 0 };
    return (sum + overall) / (count + 1);
  };
}
