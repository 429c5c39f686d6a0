import type { Assignment, PublicationEvent } from "../../store/mod.ts";
import type { FeedbackStatus } from "../../episode/mod.ts";

/** What the central loop tells while it runs; the terminal, the dashboard and `/v1/events` show the same. */
export type LoopEvent =
  /** Several a second while judgements come in. */
  | { readonly event: "progress"; readonly agent: string; readonly at: number; readonly status: AgentStatus }
  /** One optimiser change (policy gradients), or the judgements learned since the last one (reward models). */
  | {
    readonly event: "update";
    readonly agent: string;
    readonly at: number;
    readonly metrics: Readonly<Record<string, number>>;
  }
  /** Something was published, tried, promoted, refused or rolled back. */
  | ({ readonly event: "publication" } & PublicationEvent)
  /** An early warning was crossed. */
  | ({ readonly event: "warning" } & LoopWarning);

/** An early warning that was crossed. */
export interface LoopWarning {
  /** The agent. */
  readonly agent: string;
  /** When. Milliseconds since 1970. */
  readonly at: number;
  /** Name of the early warning. */
  readonly warning: string;
  /** `warn` is told; `stop` acts. */
  readonly level: "warn" | "stop";
  /** Smoothed over the last updates. */
  readonly value: number;
  /** That the value passed. */
  readonly threshold: number;
  /** What was done about it, in plain words. */
  readonly reason: string;
}

/** Where one agent stands. */
export interface AgentStatus {
  /** Its name. */
  readonly agent: string;
  /** What chooses. */
  readonly kind: "reward-model" | "linear" | "transformer";
  /** One sentence for people: "learning: reward 0.61 → 0.74 over 2,000 judgements; version 41 serves 100 %". */
  readonly health: string;
  /** `learning`, `waiting` for judgements, `frozen` by a guard or configuration, `failed`. */
  readonly state: "learning" | "waiting" | "frozen" | "failed";
  /** What serves now. */
  readonly assignment: Assignment;
  /** Newest version. */
  readonly newestVersion: number;
  /** Rewards settled so far: the last place of the journal. */
  readonly judgements: number;
  /** Last place that the learner has taken in. */
  readonly learnedUpTo: number;
  /** Mean reward of all judged steps so far. */
  readonly meanReward: number;
  /** Mean reward of the last `recentJudgements` judged steps. */
  readonly recentReward: number;
  /** How many `recentReward` is over: at most 500. */
  readonly recentJudgements: number;
  /** Feedback by what became of it. */
  readonly feedback: Readonly<Record<FeedbackStatus | "duplicate" | "conflict", number>>;
  /** Milliseconds from a reward being settled to the update that learned it. */
  readonly updateLatencyMs: { readonly p50: number; readonly p99: number };
  /** Milliseconds from a reward being settled to a version that learned it being served. */
  readonly serveLatencyMs: { readonly p50: number; readonly p99: number };
}
