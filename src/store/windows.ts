import type { Metric, Metrics } from "../episode/mod.ts";

/** When windows of metrics close; all times are milliseconds since 1970. */
export const windows = {
  /** The last millisecond in which a judgement of a step counts. */
  closesAt(metric: Metric, createdAt: number): number {
    return createdAt + metric.windowSeconds * 1000;
  },

  /** Whether something must be done when it closes: other aggregations than `first` are settled, silence may have a reward. */
  mustSettle(metric: Metric): boolean {
    return metric.aggregation !== "first" || metric.missing !== "ignore";
  },

  /** When the next window of a step closes, after a time, that something must be done about. */
  nextSettlement(metrics: Metrics, createdAt: number, after = -Infinity): number | null {
    let next = Infinity;
    for (const metric of Object.values(metrics)) {
      const closesAt = windows.closesAt(metric, createdAt);
      if (windows.mustSettle(metric) && closesAt > after && closesAt < next) next = closesAt;
    }
    return next === Infinity ? null : next;
  },

  /** How long feedback waits for its step. Names without a declaration wait as long as the agent's longest window. */
  waitMs(metrics: Metrics, name: string): number {
    const seconds = metrics[name]?.windowSeconds ??
      Math.max(0, ...Object.values(metrics).map((metric) => metric.windowSeconds));
    return (seconds > 0 ? seconds : DAY_SECONDS) * 1000;
  },
};

const DAY_SECONDS = 86_400;
