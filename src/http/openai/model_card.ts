import { z } from "zod";
import type { NamedAgent } from "./answer_form.ts";

/** An agent as OpenAI lists models. */
export const ModelCard = z.object({
  id: z.string().describe("Name of the agent."),
  object: z.literal("model"),
  created: z.int().describe("When the application started, in seconds since 1970."),
  owned_by: z.literal("eddy"),
  eddy: z.object({
    kind: z.enum(["reward-model", "linear", "transformer"]),
    mode: z.enum(["learn", "frozen", "shadow"]),
    policyVersion: z.int(),
    canary: z.object({ version: z.int(), share: z.number() }).optional(),
    candidates: z.array(z.string()).optional(),
    metrics: z.array(z.string()),
    learnsFrom: z.string(),
  }),
}).meta({ id: "Model" });

/** An agent as OpenAI lists models. */
export type ModelCard = z.infer<typeof ModelCard>;

/** All agents, in the order of the configuration. */
export const ModelList = z.object({ object: z.literal("list"), data: z.array(ModelCard) }).meta({ id: "ModelList" });

/** An agent as OpenAI lists models. @param startedAt Milliseconds since 1970. */
export function modelCard(name: string, { configuration, served }: NamedAgent, startedAt: number): ModelCard {
  const { candidates, metrics, learnsFrom, mode } = configuration;
  const { incumbent, canary } = served.assignment;
  return {
    id: name,
    object: "model",
    created: Math.floor(startedAt / 1000),
    owned_by: "eddy",
    eddy: {
      kind: served.kind,
      mode,
      policyVersion: incumbent,
      ...(canary && { canary: { ...canary } }),
      ...(candidates && { candidates: [...candidates] }),
      metrics: Object.keys(metrics),
      learnsFrom,
    },
  };
}
