import { z } from "zod";

const finite = z.number();
const time = z.int().min(0);
const uint32 = z.int().min(0).max(0xffffffff);
const name = z.string().min(1).max(256);

const turn = z.strictObject({ role: z.enum(["system", "user", "assistant", "tool"]), text: z.string() });

const step = z.object({
  id: name,
  episodeId: name,
  agent: name,
  policyVersion: z.int().min(0),
  arm: z.enum(["incumbent", "canary", "shadow"]),
  createdAt: time,
  turns: z.array(turn),
  candidates: z.array(z.string()).optional(),
  action: z.string(),
  choice: z.int().min(0).optional(),
  propensity: z.number().gt(0).max(1),
  probabilities: z.array(finite).optional(),
  seed: uint32,
  value: finite.optional(),
  replay: z.unknown().optional(),
  shadowAction: z.string().optional(),
});

const feedback = z.object({
  id: name,
  key: name,
  agent: name,
  metric: name,
  episodeId: name,
  stepId: name.optional(),
  value: z.union([z.boolean(), finite, z.string()]),
  author: name,
  receivedAt: time,
});

const end = z.object({ id: name, agent: name, endedAt: time, terminated: z.boolean() });

/** Checks a batch of an edge: one wrong item refuses all, so that nothing of a batch is kept that was not answered. */
export const ingestBody = z.strictObject({
  steps: z.array(step).max(10_000),
  feedback: z.array(feedback).max(10_000),
  ends: z.array(end).max(10_000),
});
