import type { AgentConfiguration } from "../../../src/agent/mod.ts";
import type { JudgedStep, StepRecord } from "../../../src/episode/mod.ts";
import { metric } from "../../episode/metric.ts";

/** An agent with ten actions that learns right or wrong. */
export const configuration: AgentConfiguration = {
  policy: { kind: "reward-model", options: { model: "logistic", hashBits: 12 } },
  candidates: Array.from({ length: 10 }, (_, i) => `action${i}`),
  metrics: { right: metric() },
  learnsFrom: "right",
  mode: "learn",
  exploration: { kind: "epsilon-greedy", epsilon: 0.1 },
  update: { judgements: 32, seconds: 10, staleness: 8, learningRate: 0.001 },
  gate: {
    ...{ everyJudgements: 25, delayJudgements: 300, canaryShare: 0.1, canaryJudgements: 100, heldOutShare: 0.05 },
    ...{ minimumEffectiveSamples: 50, confidence: 0.95, tolerance: 0.02, driftSigmas: 5 },
  },
};

/** The same, with a model that learns fast enough for a short simulation. */
export const learning: AgentConfiguration = {
  ...configuration,
  policy: { kind: "reward-model", options: { model: "logistic", hashBits: 14, learningRate: 0.5 } },
};

/** The kept step of one question, with what is told about it. */
export function stepOf(id: string, text: string, action: string, more: Partial<StepRecord> = {}): StepRecord {
  const candidates = configuration.candidates ?? [];
  return {
    ...{ id, episodeId: `episode ${id}`, agent: "a", policyVersion: 0, arm: "incumbent", createdAt: 0 },
    ...{ turns: [{ role: "user", text }], candidates, action, choice: candidates.indexOf(action) },
    ...{ propensity: 0.1, seed: 1 },
    ...more,
  };
}

/** An entry of the journal. */
export function judged(sequence: number, step: StepRecord, reward: number, more: Partial<JudgedStep> = {}): JudgedStep {
  return { sequence, step, metric: "right", reward, source: "judged", settledAt: 0, ...more };
}
