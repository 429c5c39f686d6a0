import type { Feedback, StepRecord } from "../../src/episode/mod.ts";

/** Step number `n` of an agent called desk. */
export function stepOf(n: number, change: Partial<StepRecord> = {}): StepRecord {
  return {
    id: `step-${String(n).padStart(6, "0")}`,
    episodeId: `episode-${n}`,
    agent: "desk",
    policyVersion: 0,
    arm: "incumbent",
    createdAt: n,
    turns: [{ role: "user", text: `question ${n}` }],
    candidates: ["a", "b"],
    action: "a",
    choice: 0,
    propensity: 1,
    seed: n,
    ...change,
  };
}

/** The judgement of that step. */
export function feedbackOf(n: number, change: Partial<Feedback> = {}): Feedback {
  const { id: stepId, episodeId } = stepOf(n);
  return {
    id: `feedback-${n}`,
    key: `key-${n}`,
    agent: "desk",
    metric: "right",
    episodeId,
    stepId,
    value: true,
    author: "program",
    receivedAt: n,
    ...change,
  };
}
