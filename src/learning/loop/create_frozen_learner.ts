import type { PolicySnapshot } from "../../policy/mod.ts";
import type { AgentLearner } from "./agent_learner.ts";

/**
 * The learner of an agent that does not learn: judgements are kept and counted, and that is all. Its snapshot has the
 * model's texts and no weights: these stay in the file that they come from.
 */
export function createFrozenLearner(model: PolicySnapshot): AgentLearner {
  const { kind, version, files } = model;
  const snapshot: PolicySnapshot = { kind, version, files, tensors: new Map() };
  return {
    learnedUpTo: 0,
    hasCandidate: false,
    learn: () => Promise.resolve([]),
    snapshot: () => snapshot,
    payload: () => ({ kind: "snapshot", snapshot }),
    restore: () => {},
    assess: ({ length }) => ({ probabilities: new Float64Array(length) }),
    [Symbol.dispose]: () => {},
  };
}
