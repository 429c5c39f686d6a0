import { z } from "zod";
import type { Metric } from "../../episode/mod.ts";
import type { AgentStatus, LoopEvent, LoopWarning } from "../../learning/mod.ts";
import type { AgentReport, StatusReport } from "../status_report.ts";
import { AssignmentSchema, PublicationEventSchema } from "./policy_schemas.ts";

const time = z.int().describe("Milliseconds since 1970.");
const percentiles = z.object({ p50: z.number(), p99: z.number() });
/** Over the last minute. */
const traffic = {
  throughput: z.object({ decisionsPerSecond: z.number(), judgementsPerSecond: z.number() }),
  latencyMs: z.object({ decisions: percentiles, feedback: percentiles }),
};
const kind = z.enum(["reward-model", "linear", "transformer"]);

/** A signal that an application declares. */
const MetricSchema = z.object({
  type: z.enum(["boolean", "number"]),
  level: z.enum(["step", "episode"]),
  direction: z.enum(["maximize", "minimize"]),
  range: z.tuple([z.number(), z.number()]).optional(),
  windowSeconds: z.number(),
  missing: z.union([z.number(), z.enum(["mean", "ignore"])]),
  aggregation: z.enum(["first", "last", "mean", "minimum", "maximum"]),
}).meta({ id: "Metric" }) satisfies z.ZodType<Metric>;

/** Where one agent stands. */
export const AgentStatusSchema = z.object({
  agent: z.string(),
  kind,
  health: z.string().describe("One sentence for people."),
  state: z.enum(["learning", "waiting", "frozen", "failed"]),
  assignment: AssignmentSchema.describe("What serves now."),
  newestVersion: z.int(),
  judgements: z.int().describe("Rewards settled so far: the last place of the journal."),
  learnedUpTo: z.int().describe("Last place that the learner has taken in."),
  meanReward: z.number(),
  recentReward: z.number().describe("Mean of the last `recentJudgements` judged steps."),
  recentJudgements: z.int(),
  feedback: z.object({
    joined: z.int(),
    early: z.int(),
    orphaned: z.int(),
    late: z.int(),
    superseded: z.int(),
    duplicate: z.int(),
    conflict: z.int(),
  }).describe("Judgements by what became of them."),
  updateLatencyMs: percentiles.describe("From a reward being settled to the update that learned it."),
  serveLatencyMs: percentiles.describe("From a reward being settled to a version that learned it being served."),
}).meta({ id: "AgentStatus" }) satisfies z.ZodType<AgentStatus>;

/** An early warning that was crossed. */
const LoopWarningSchema = z.object({
  agent: z.string(),
  at: time,
  warning: z.string().describe("Name of the early warning."),
  level: z.enum(["warn", "stop"]).describe("`warn` is told; `stop` acts."),
  value: z.number().describe("Smoothed over the last updates."),
  threshold: z.number().describe("That the value passed."),
  reason: z.string().describe("What was done about it."),
}).meta({ id: "LoopWarning" }) satisfies z.ZodType<LoopWarning>;

const AgentReportSchema = z.object({
  status: AgentStatusSchema.optional().describe("Absent where nothing learns: on an edge."),
  agent: z.string(),
  kind,
  mode: z.enum(["learn", "frozen", "shadow"]),
  learnsFrom: z.string().describe("The metric it learns from."),
  metrics: z.record(z.string(), MetricSchema),
  curve: z.array(z.object({ from: z.int(), steps: z.int(), mean: z.number() }))
    .describe("Mean reward over equal parts of its journal."),
  history: z.array(PublicationEventSchema).describe("Newest first."),
  warnings: z.array(LoopWarningSchema).describe("Since the service was started, newest first."),
}).meta({ id: "AgentReport" }) satisfies z.ZodType<AgentReport>;

/** Where everything stands. */
export const StatusSchema = z.object({
  version: z.string(),
  startedAt: time,
  now: time,
  agents: z.array(AgentReportSchema),
  ...traffic,
}).meta({ id: "Status" }) satisfies z.ZodType<StatusReport>;

/** What the central loop tells while it runs. */
export const LoopEventSchema = z.discriminatedUnion("event", [
  z.object({ event: z.literal("progress"), agent: z.string(), at: time, status: AgentStatusSchema }),
  z.object({ event: z.literal("update"), agent: z.string(), at: time, metrics: z.record(z.string(), z.number()) }),
  PublicationEventSchema.extend({ event: z.literal("publication") }),
  LoopWarningSchema.extend({ event: z.literal("warning") }),
]).meta({ id: "LoopEvent" }) satisfies z.ZodType<LoopEvent>;
