import type { AgentConfiguration, DecidedStep, ServedAgent } from "../../src/agent/mod.ts";
import type { PolicySnapshot } from "../../src/policy/mod.ts";
import type { Assignment } from "../../src/store/mod.ts";
import { metric } from "../episode/metric.ts";

/** An agent whose weights are the number of judgements it learned: it takes the candidate with that index, modulo. */
export function countingAgent(name: string, onDecide: (version: number) => void = () => {}): ServedAgent & {
  learned(version: number): number | undefined;
} {
  const versions = new Map<number, number>([[0, 0]]);
  let assignment: Assignment = { incumbent: 0 };
  return {
    name,
    kind: "reward-model",
    get assignment() {
      return assignment;
    },
    get installed() {
      return [...versions.keys()];
    },
    learned: (version) => versions.get(version),
    decide({ stepId, episodeId, now, turns, candidates = ["a", "b"], seed }): DecidedStep {
      onDecide(assignment.incumbent);
      const choice = versions.get(assignment.incumbent)! % candidates.length;
      return {
        record: {
          id: stepId,
          episodeId,
          agent: name,
          policyVersion: assignment.incumbent,
          arm: "incumbent",
          createdAt: now,
          turns,
          candidates,
          action: candidates[choice],
          choice,
          propensity: 1,
          seed,
        },
      };
    },
    install(version, payload): void {
      if (payload.kind === "snapshot") versions.set(version, payload.snapshot.tensors.get("learned")!.values[0]);
      else versions.set(version, versions.get(payload.base)! + payload.judgements.length);
    },
    uninstall: (version) => void versions.delete(version),
    assign(next): void {
      for (const version of [next.incumbent, ...(next.canary ? [next.canary.version] : [])]) {
        if (!versions.has(version)) throw new RangeError(`Cannot assign version ${version}: it is not installed`);
      }
      assignment = next;
    },
    [Symbol.dispose](): void {},
  };
}

/** The snapshot of one that learned so much. */
export function countingSnapshot(version: number, learned: number): PolicySnapshot {
  return {
    kind: "reward-model",
    version,
    tensors: new Map([["learned", { shape: [1], values: Float32Array.of(learned) }]]),
    files: new Map(),
  };
}

/** A configuration that such an agent could have. */
export const COUNTING_CONFIGURATION: AgentConfiguration = {
  policy: { kind: "reward-model", options: { model: "logistic" } },
  candidates: ["a", "b"],
  metrics: { right: metric({ windowSeconds: 3600 }) },
  learnsFrom: "right",
  mode: "learn",
  exploration: { kind: "greedy" },
  update: { judgements: 1, seconds: 1, staleness: 1, learningRate: 0.1 },
  gate: {
    everyJudgements: 1,
    delayJudgements: 0,
    canaryShare: 0,
    canaryJudgements: 0,
    heldOutShare: 0,
    minimumEffectiveSamples: 0,
    confidence: 0.95,
    tolerance: 0.1,
    driftSigmas: 4,
  },
};
