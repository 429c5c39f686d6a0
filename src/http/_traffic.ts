import { createMetricRegistry, type MetricRegistry } from "./_metric_registry.ts";
import { createRecentMinute, type RecentMinute } from "./_recent_minute.ts";
import type { AppDependencies, Recorder } from "./app_dependencies.ts";
import type { StatusReport } from "./status_report.ts";

/** What passes through the application, counted for `/metrics` and `/v1/status`. */
export interface Traffic {
  /** Everything that `/metrics` shows. */
  readonly registry: MetricRegistry;
  /** A request was answered. @param route The pattern that matched. */
  answered(method: string, route: string, status: number, ms: number): void;
  /** A request was refused since there were too many: of all (`shed`) or of one caller (`limited`). */
  refused(why: "shed" | "limited"): void;
  /** The recorder, counted. */
  readonly recorder: Recorder;
  /** Over the last minute. */
  recent(): Pick<StatusReport, "throughput" | "latencyMs">;
}

const DECIDING = new Set(["/v1/decisions", "/v1/chat/completions", "/v1/completions"]);
const JUDGING = "/v1/feedback";

/** Counts from now on. */
export function createTraffic({ recorder, monotonic }: Pick<AppDependencies, "recorder" | "monotonic">): Traffic {
  const registry = createMetricRegistry();
  const requests = registry.counter("eddy_http_requests_total", "Requests answered.", ["method", "route", "status"]);
  const seconds = registry.histogram("eddy_http_request_seconds", "Time to the answer's head.", ["route"]);
  const refusals = registry.counter("eddy_http_refused_total", "Requests refused early: shed (503), limited (429).", [
    "why",
  ]);
  const decisions = registry.counter("eddy_decisions_total", "Decisions kept.", ["agent", "arm"]);
  const judgements = registry.counter("eddy_feedback_total", "Judgements by what became of them.", ["agent", "status"]);
  const started = monotonic();
  const [decided, judged]: RecentMinute[] = [createRecentMinute(started), createRecentMinute(started)];
  return {
    registry,
    answered: (method, route, status, ms) => {
      requests.add([method, route, String(status)]);
      seconds.observe([route], ms / 1000);
      if (status >= 400) return;
      if (DECIDING.has(route)) decided.took(monotonic(), ms);
      else if (route === JUDGING) judged.took(monotonic(), ms);
    },
    refused: (why) => refusals.add([why]),
    recorder: {
      addSteps: async (steps) => {
        await recorder.addSteps(steps);
        for (const { agent, arm } of steps) decisions.add([agent, arm]);
        decided.count(monotonic(), steps.length);
      },
      addFeedback: async (feedback) => {
        const outcomes = await recorder.addFeedback(feedback);
        outcomes.forEach((outcome, i) =>
          judgements.add([feedback[i].agent, outcome.kind === "accepted" ? outcome.status : outcome.kind])
        );
        judged.count(monotonic(), outcomes.filter(({ kind }) => kind === "accepted").length);
        return outcomes;
      },
      endEpisode: (episode) => recorder.endEpisode(episode),
    },
    recent: () => {
      const now = monotonic();
      return {
        throughput: { decisionsPerSecond: decided.perSecond(now), judgementsPerSecond: judged.perSecond(now) },
        latencyMs: { decisions: decided.percentiles(now), feedback: judged.percentiles(now) },
      };
    },
  };
}
