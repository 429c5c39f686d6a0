import type { Metric } from "../../src/episode/mod.ts";

/** A metric of right or wrong for one step, the first judgement counting, with what a test changes. */
export function metric(part: Partial<Metric> = {}): Metric {
  return {
    ...{ type: "boolean", level: "step", direction: "maximize" },
    ...{ windowSeconds: 60, missing: "ignore", aggregation: "first" },
    ...part,
  };
}
