import { z } from "zod";
import type { Assignment, PolicyVersion, PublicationEvent } from "../../store/mod.ts";

const time = z.int().describe("Milliseconds since 1970.");

/** What answers an agent's requests. */
export const AssignmentSchema = z.object({
  incumbent: z.int().describe("Published version."),
  canary: z.object({ version: z.int(), share: z.number().describe("Of episodes.") }).optional()
    .describe("The version on trial."),
}).meta({ id: "Assignment" }) satisfies z.ZodType<Assignment>;

/** One version of an agent's policy. */
export const PolicyVersionSchema = z.object({
  agent: z.string(),
  version: z.int(),
  parent: z.int().optional().describe("The version it was learned from."),
  createdAt: time,
  learnedUpTo: z.int().describe("Last place of the journal of rewards that it has learned."),
  skipped: z.array(z.tuple([z.int(), z.int()])).optional().describe("Places that were skipped on purpose."),
  contentHash: z.string().optional().describe("SHA-256 of its snapshot's bytes in hex, where it has one of its own."),
  bytes: z.int().optional(),
  report: z.record(z.string(), z.number()).describe("Numbers that speak for or against it."),
}).meta({ id: "PolicyVersion" }) satisfies z.ZodType<PolicyVersion>;

/** One line of an agent's history. */
export const PublicationEventSchema = z.object({
  agent: z.string(),
  at: time,
  action: z.enum(["publish", "canary", "promote", "refuse", "rollback", "freeze", "resume"]),
  version: z.int(),
  assignment: AssignmentSchema.describe("What serves from then on."),
  reason: z.string().describe("In plain words with the numbers."),
  by: z.string().describe("`gate`, `guard`, `loop`, or the name of the key that asked for it."),
}).meta({ id: "PublicationEvent" }) satisfies z.ZodType<PublicationEvent>;
