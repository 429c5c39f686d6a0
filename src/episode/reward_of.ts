import type { Feedback } from "./feedback.ts";
import type { Metric } from "./metric.ts";

/**
 * The reward that judgements of one step by one metric are worth together; pure, so that equal judgements give equal
 * rewards wherever and whenever they are derived.
 *
 * ```text
 * boolean  r = 1 if true, 0 if false
 * number   r = clamp((value − lowest) / (highest − lowest), 0, 1)     range [0, 1] unless declared
 * minimize r ← 1 − r
 * ```
 *
 * Aggregations are over rewards, not over raw values: `minimum` is the worst judgement, `maximum` the best, also where
 * less is better. Values that the metric cannot read (a text, a number for a boolean, one that is not finite) are left
 * out.
 *
 * @param values Judgements in order of arrival.
 * @returns In [0, 1], more is better; nothing where no value can be read.
 * @see own derivation; `test/episode/reward_of_test.ts` holds worked examples.
 */
export function rewardOf(metric: Metric, values: readonly Feedback["value"][]): number | undefined {
  const rewards = values.map((value) => single(metric, value)).filter((reward) => reward !== undefined);
  if (rewards.length === 0) return undefined;
  switch (metric.aggregation) {
    case "first":
      return rewards[0];
    case "last":
      return rewards[rewards.length - 1];
    case "mean":
      return rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
    case "minimum":
      return Math.min(...rewards);
    case "maximum":
      return Math.max(...rewards);
  }
}

function single(metric: Metric, value: Feedback["value"]): number | undefined {
  const reward = metric.type === "boolean" ? truth(value) : share(value, metric.range ?? [0, 1]);
  if (reward === undefined) return undefined;
  return metric.direction === "minimize" ? 1 - reward : reward;
}

function truth(value: Feedback["value"]): number | undefined {
  return typeof value === "boolean" ? Number(value) : undefined;
}

function share(value: Feedback["value"], [lowest, highest]: readonly [number, number]): number | undefined {
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  if (highest === lowest) return value >= highest ? 1 : 0;
  return Math.min(1, Math.max(0, (value - lowest) / (highest - lowest)));
}
