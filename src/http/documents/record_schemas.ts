import { z } from "zod";
import type { Feedback, FeedbackOutcome, JudgedStep, StepRecord, Turn } from "../../episode/mod.ts";
import type { EndedEpisode, KeptEpisode, KeptFeedback } from "../../store/mod.ts";

const time = z.int().describe("Milliseconds since 1970.");
const status = z.enum(["joined", "early", "orphaned", "late", "superseded"]);

/** One piece of a conversation. */
export const TurnSchema = z.object({
  role: z.enum(["system", "user", "assistant", "tool"]).describe("Who says it."),
  text: z.string(),
}).meta({ id: "Turn" }) satisfies z.ZodType<Turn>;

/** One served decision as it is kept. */
export const StepSchema = z.object({
  id: z.string(),
  episodeId: z.string(),
  agent: z.string(),
  policyVersion: z.int().describe("Version whose weights chose; 0 is the untrained one."),
  arm: z.enum(["incumbent", "canary", "shadow"]).describe("Which copy answered."),
  createdAt: time,
  turns: z.array(TurnSchema).describe("What the agent was shown, oldest first."),
  candidates: z.array(z.string()).optional().describe("The admissible actions, where they were listed."),
  action: z.string().describe("What was done."),
  choice: z.int().optional().describe("Its index among the candidates."),
  propensity: z.number().describe("Probability with which it was chosen."),
  probabilities: z.array(z.number()).optional().describe("Of all candidates, where there are at most 64."),
  seed: z.int().describe("Names the draw."),
  value: z.number().optional().describe("Estimated return before acting."),
  replay: z.unknown().optional().describe("What a policy over tokens needs to learn from the step."),
  shadowAction: z.string().optional().describe("What the policy would have done, for arm `shadow`."),
}).meta({ id: "Step" }) satisfies z.ZodType<StepRecord>;

/** One raw judgement. */
export const FeedbackSchema = z.object({
  id: z.string(),
  key: z.string().describe("Names the judgement for repeats."),
  agent: z.string(),
  metric: z.string().describe("A declared metric, `comment` or `correction`."),
  episodeId: z.string(),
  stepId: z.string().optional().describe("Absent for metrics of whole episodes."),
  value: z.union([z.boolean(), z.number(), z.string()]),
  author: z.string(),
  receivedAt: time,
}).meta({ id: "Feedback" }) satisfies z.ZodType<Feedback>;

/** A judgement with what became of it. */
export const KeptFeedbackSchema = FeedbackSchema.extend({ status: status.optional() })
  .meta({ id: "KeptFeedback" }) satisfies z.ZodType<KeptFeedback>;

/** The answer to a judgement. */
export const FeedbackOutcomeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("accepted"), id: z.string(), status }),
  z.object({ kind: z.literal("duplicate"), id: z.string() }).describe("Kept before; nothing was counted twice."),
  z.object({ kind: z.literal("conflict"), id: z.string() }).describe("The key was used for another judgement."),
]).meta({ id: "FeedbackOutcome" }) satisfies z.ZodType<FeedbackOutcome>;

/** The end of an attempt. */
export const EndedEpisodeSchema = z.object({
  id: z.string(),
  agent: z.string(),
  endedAt: time,
  terminated: z.boolean().describe("Nothing could follow (true), or it was cut off (false)."),
}).meta({ id: "EndedEpisode" }) satisfies z.ZodType<EndedEpisode>;

/** What a judgement was worth. */
export const RewardSchema = z.object({
  sequence: z.int().describe("Place in the agent's journal of rewards."),
  stepId: z.string(),
  metric: z.string(),
  reward: z.number().describe("In [0, 1], more is better."),
  source: z.enum(["judged", "missing", "correction"]),
  correction: z.string().optional(),
  settledAt: time,
}).meta({ id: "Reward" }) satisfies z.ZodType<Omit<JudgedStep, "step"> & { readonly stepId: string }>;

/** One attempt with all that is known of it. */
export const EpisodeSchema = z.object({
  id: z.string(),
  agent: z.string(),
  startedAt: time.describe("Time of its first step."),
  end: EndedEpisodeSchema.optional(),
  steps: z.array(StepSchema),
  feedback: z.array(KeptFeedbackSchema),
  rewards: z.array(RewardSchema),
}).meta({ id: "Episode" }) satisfies z.ZodType<KeptEpisode>;
