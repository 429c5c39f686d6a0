import type { Metrics } from "../episode/mod.ts";
import type { AgentStatus } from "../learning/mod.ts";
import type { PublicationEvent, RewardBucket } from "../store/mod.ts";

/** What `GET /v1/status` answers: all that the dashboard begins with. */
export interface StatusReport {
  /** Of Eddy. */
  readonly version: string;
  /** Milliseconds since 1970 at which the service began. */
  readonly startedAt: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Every agent, in the order of the configuration. */
  readonly agents: readonly AgentReport[];
  /** Mean of the last ten seconds. */
  readonly throughput: { readonly decisionsPerSecond: number; readonly judgementsPerSecond: number };
  /** Milliseconds until the answer was there, over the last minute. */
  readonly latencyMs: {
    readonly decisions: { readonly p50: number; readonly p99: number };
    readonly feedback: { readonly p50: number; readonly p99: number };
  };
}

/** One agent. */
export interface AgentReport {
  /** Where it stands. */
  readonly status: AgentStatus;
  /** Mean reward over equal parts of its journal. */
  readonly curve: readonly RewardBucket[];
  /** Newest first. */
  readonly history: readonly PublicationEvent[];
  /** Declared signals. */
  readonly metrics: Metrics;
  /** The one that it learns from. */
  readonly learnsFrom: string;
}
