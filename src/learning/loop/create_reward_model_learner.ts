import { type AgentConfiguration, textOfTurns } from "../../agent/mod.ts";
import type { JudgedStep } from "../../episode/mod.ts";
import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { createRewardModel, restoreRewardModel, type RewardJudgement, type RewardModel } from "../../policy/mod.ts";
import type { PolicySnapshot } from "../../policy/mod.ts";
import type { AgentLearner, Assessment } from "./agent_learner.ts";
import { judgementsOf } from "./judgements_of.ts";

/** More judgements than this travel as a snapshot: learning them again takes longer than loading the weights. */
const LONGEST_PAYLOAD = 2048;

/** A snapshot and the place of the journal that it had learned up to. */
export interface LearnerOrigin {
  /** The weights. */
  readonly snapshot: PolicySnapshot;
  /** Last place of the journal behind them. */
  readonly learnedUpTo: number;
}

/** The judgements of one place of the journal. */
interface Learned {
  readonly sequence: number;
  readonly judgements: readonly RewardJudgement[];
}

/**
 * Learns each judgement at once, in the order of the journal. The weights are a function of the journal alone: two
 * learners that took the same entries are equal, bit for bit.
 *
 * @throws {EddyError} `configuration_invalid` If the configuration is not of a reward model.
 */
export function createRewardModelLearner(
  kernels: Kernels,
  configuration: AgentConfiguration,
  from?: LearnerOrigin,
): AgentLearner {
  const { policy } = configuration;
  if (policy.kind !== "reward-model") {
    throw new EddyError("configuration_invalid", `Cannot learn as a reward model: the policy is a ${policy.kind}`);
  }
  const model = from ? restoreRewardModel(kernels, from.snapshot) : createRewardModel(kernels, policy.options);
  return learnerOf(kernels, configuration, {
    ...{ model, learnedUpTo: from?.learnedUpTo ?? 0 },
    ...{ recent: [], recentFrom: from?.learnedUpTo ?? 0, fresh: false },
  });
}

interface LearnerState {
  model: RewardModel;
  learnedUpTo: number;
  /** What was learned after `recentFrom`, in order. */
  recent: Learned[];
  recentFrom: number;
  fresh: boolean;
}

function learnerOf(kernels: Kernels, configuration: AgentConfiguration, state: LearnerState): AgentLearner {
  return {
    get learnedUpTo(): number {
      return state.learnedUpTo;
    },
    get hasCandidate(): boolean {
      return state.fresh;
    },
    learn: (steps) => {
      let [count, total] = [0, 0];
      for (const judged of steps) {
        if (judged.sequence <= state.learnedUpTo) continue;
        const judgements = judgementsOf(configuration, judged);
        for (const judgement of judgements) {
          state.model.learn(judgement);
          count += 1;
          total += judgement.reward;
        }
        if (judgements.length > 0) remember(state, { sequence: judged.sequence, judgements });
        state.learnedUpTo = judged.sequence;
      }
      return Promise.resolve(count === 0 ? [] : [{ judgements: count, reward: total / count }]);
    },
    snapshot: () => {
      state.fresh = false;
      return state.model.snapshot();
    },
    payload: (base, baseLearnedUpTo) => {
      state.fresh = false;
      if (baseLearnedUpTo < state.recentFrom) return { kind: "snapshot", snapshot: state.model.snapshot() };
      const after = state.recent.filter(({ sequence }) => sequence > baseLearnedUpTo);
      return { kind: "judgements", base, judgements: after.flatMap(({ judgements }) => judgements) };
    },
    restore: (snapshot, learnedUpTo) => {
      const model = restoreRewardModel(kernels, snapshot);
      state.model[Symbol.dispose]();
      Object.assign(state, { model, learnedUpTo, recent: [], recentFrom: learnedUpTo, fresh: false });
    },
    assess: (steps) => assess(state.model, steps),
    fork: () => learnerOf(kernels, configuration, { ...state, model: state.model.fork(), recent: [...state.recent] }),
    [Symbol.dispose]: () => state.model[Symbol.dispose](),
  };
}

/** Keeps what was learned for {@linkcode AgentLearner.payload}; forgets the older half when it is too long to travel. */
function remember(state: LearnerState, learned: Learned): void {
  state.fresh = true;
  state.recent.push(learned);
  if (state.recent.length < LONGEST_PAYLOAD) return;
  const forgotten = state.recent.splice(0, LONGEST_PAYLOAD / 2);
  state.recentFrom = forgotten[forgotten.length - 1].sequence;
}

function assess(model: RewardModel, steps: readonly JudgedStep[]): Assessment {
  const assessment = {
    probabilities: new Float64Array(steps.length),
    logged: new Float64Array(steps.length),
    own: new Float64Array(steps.length),
  };
  steps.forEach(({ step }, i) => {
    const candidates = step.candidates ?? [step.action];
    const text = textOfTurns(step.turns), choice = step.choice ?? candidates.indexOf(step.action);
    const scores = model.scores(text, candidates, "exploit"), estimates = model.estimates(text, candidates);
    const best = scores.indexOf(Math.max(...scores));
    assessment.probabilities[i] = Number(best === choice);
    assessment.logged[i] = estimates[choice];
    assessment.own[i] = estimates[best];
  });
  return assessment;
}
