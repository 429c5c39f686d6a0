import type { KeptEpisode } from "../../store/mod.ts";
import { EddyError } from "../../errors.ts";
import { badLine, decisionOf, type LineReading, type LoggedDecision } from "./logged_decision.ts";

/** Whether a line is an episode that `eddy export` wrote. */
export function isEddyExport(line: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(line.steps) && Array.isArray(line.rewards);
}

/** Metrics that occur in an episode, free corrections left out. */
export function metricsOf(episode: KeptEpisode): string[] {
  return episode.rewards.map(({ metric }) => metric).filter((metric) => metric !== "correction");
}

/**
 * Reads an episode of `eddy export`: each step whose candidates were kept and that has a reward.
 *
 * @param metric Which reward counts.
 * @throws {EddyError} `data_invalid` If a step is broken.
 */
export function readEddyExport(episode: KeptEpisode, metric: string, line: number): LineReading[] {
  const rewards = new Map(episode.rewards.filter((r) => r.metric === metric).map((r) => [r.stepId, r.reward]));
  return episode.steps.map(({ id, arm, candidates, choice, propensity }): LineReading => {
    const reward = rewards.get(id);
    const skip = (skipped: string): LineReading => ({ decisions: [], skipped });
    if (arm === "shadow") return skip("chosen by the application itself");
    if (!candidates || choice === undefined) return skip("without listed candidates");
    if (reward === undefined) return skip(`without a reward by '${metric}'`);
    const decision: LoggedDecision = { candidates, choice, propensity, reward };
    return { decisions: [decisionOf(decision, line)] };
  });
}

/** The one metric of a log. @throws {EddyError} `configuration_invalid` If it has to be said. */
export function theMetric(metrics: ReadonlySet<string>, asked: string | undefined): string {
  const known = [...metrics].map((metric) => `'${metric}'`).join(", ");
  if (asked !== undefined) {
    if (metrics.has(asked)) return asked;
    throw new EddyError(
      "configuration_invalid",
      `Cannot use '--metric ${asked}': the log has ${known || "no rewards"}`,
    );
  }
  if (metrics.size === 1) return [...metrics][0];
  if (metrics.size === 0) throw badLine(1, "and all others have no rewards: nobody judged these decisions");
  throw new EddyError(
    "configuration_invalid",
    `Cannot choose a metric: the log has ${known}; name one with '--metric'`,
  );
}
