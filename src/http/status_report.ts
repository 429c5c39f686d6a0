import type { AgentConfiguration } from "../agent/mod.ts";
import type { Metrics } from "../episode/mod.ts";
import type { AgentStatus, LoopWarning } from "../learning/mod.ts";
import type { PublicationEvent, RewardBucket } from "../store/mod.ts";

/** The answer of `GET /v1/status`, and of the event `status` of `GET /v1/events`: what a dashboard shows. */
export interface StatusReport {
  /** Version of Eddy. */
  readonly version: string;
  /** When the application was made. Milliseconds since 1970. */
  readonly startedAt: number;
  /** When this was written. Milliseconds since 1970. */
  readonly now: number;
  /** Every agent, in the order of the configuration. */
  readonly agents: readonly AgentReport[];
  /** Over the last minute. */
  readonly throughput: {
    /** Decisions answered, a second. */
    readonly decisionsPerSecond: number;
    /** Judgements taken, a second. */
    readonly judgementsPerSecond: number;
  };
  /** Milliseconds from a request being read to its answer, over the last minute; 0 where there was none. */
  readonly latencyMs: { readonly decisions: Percentiles; readonly feedback: Percentiles };
}

/** One agent in a {@linkcode StatusReport}. */
export interface AgentReport {
  /** Where its loop stands; absent where nothing learns: on an edge. */
  readonly status?: AgentStatus;
  /** Its name. */
  readonly agent: string;
  /** What chooses. */
  readonly kind: "reward-model" | "linear" | "transformer";
  /** Whether it learns. */
  readonly mode: AgentConfiguration["mode"];
  /** The metric it learns from. */
  readonly learnsFrom: string;
  /** All metrics that are declared. */
  readonly metrics: Metrics;
  /** Mean reward over equal parts of its whole journal, oldest first; at most 200 parts. */
  readonly curve: readonly RewardBucket[];
  /** What was published, tried, refused or rolled back, newest first; at most 50 lines. */
  readonly history: readonly PublicationEvent[];
  /** The latest early warnings since the service was started, newest first; at most 50. */
  readonly warnings: readonly LoopWarning[];
}

/** Half of all were shorter than `p50`, all but one in a hundred shorter than `p99`. */
export interface Percentiles {
  /** Milliseconds. */
  readonly p50: number;
  /** Milliseconds. */
  readonly p99: number;
}
