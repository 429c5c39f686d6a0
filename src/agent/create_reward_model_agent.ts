import { EddyError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import { createRewardModel, type RewardModel } from "../policy/mod.ts";
import { type Exploration, explorationProbabilities, pickIndex } from "../rl/mod.ts";
import type { Assignment } from "../store/mod.ts";
import type { AgentConfiguration } from "./agent_configuration.ts";
import { armOf } from "./arm_of.ts";
import { candidatesOf } from "./candidates_of.ts";
import { createModelVersions } from "./model_versions.ts";
import type { AgentRequest, DecidedStep, ServedAgent } from "./served_agent.ts";
import { textOfTurns } from "./text_of_turns.ts";

/** All probabilities are kept with a step that had at most this many candidates. */
const KEPT_PROBABILITIES = 64;
/** Draws of Thompson sampling unless configured; a propensity is a multiple of one part of them. */
const THOMPSON_DRAWS = 64;

/**
 * An agent that chooses among candidates with a reward model and explores while judgements are expected. It starts with
 * version 0, which knows nothing.
 *
 * A choice is a pure function of (version's weights, conversation, candidates, seed): `uniform(seed, 0, 0)` picks it, and
 * Thompson sampling draws from `(seed, stream 1)`. A kept step can so be replayed bit for bit.
 *
 * @throws {EddyError} `configuration_invalid` If the configuration is not of a reward model.
 */
export function createRewardModelAgent(kernels: Kernels, name: string, configuration: AgentConfiguration): ServedAgent {
  if (configuration.policy.kind !== "reward-model") {
    throw new EddyError(
      "configuration_invalid",
      `Cannot serve '${name}' with a reward model: its policy is of kind '${configuration.policy.kind}'`,
    );
  }
  const versions = createModelVersions(kernels, name, createRewardModel(kernels, configuration.policy.options));
  let assignment: Assignment = { incumbent: 0 };
  const isAssigned = (version: number): boolean =>
    version === assignment.incumbent || version === assignment.canary?.version;

  return {
    name,
    kind: "reward-model",
    get assignment(): Assignment {
      return assignment;
    },
    get installed(): readonly number[] {
      return versions.numbers();
    },
    decide: (request) => {
      const { arm, version } = armOf(request.episodeId, assignment);
      const candidates = candidatesOf(configuration, request, name);
      const text = textOfTurns(request.turns);
      const shared = {
        ...{ id: request.stepId, episodeId: request.episodeId, agent: name, policyVersion: version },
        ...{ createdAt: request.now, turns: request.turns, candidates, seed: request.seed },
      };
      const explores = configuration.mode === "learn" && request.explore !== false;
      const { choice, probabilities, value } = choose(kernels, versions.model(version), text, candidates, {
        exploration: explores ? configuration.exploration : { kind: "greedy" },
        purpose: explores ? "explore" : "exploit",
        seed: request.seed,
      });
      if (configuration.mode === "shadow") {
        return { record: { ...shared, ...takenBy(request, candidates), shadowAction: candidates[choice] } };
      }
      const kept = candidates.length <= KEPT_PROBABILITIES ? { probabilities: [...probabilities] } : {};
      return {
        record: {
          ...shared,
          arm,
          action: candidates[choice],
          choice,
          propensity: probabilities[choice],
          value,
          ...kept,
        },
      };
    },
    install: (version, payload) => versions.add(version, payload),
    uninstall: (version) => {
      if (isAssigned(version)) {
        throw new RangeError(`Cannot unload version ${version} of '${name}': it is assigned; assign another one first`);
      }
      versions.remove(version);
    },
    assign: (next) => {
      versions.need(next.canary ? [next.incumbent, next.canary.version] : [next.incumbent]);
      assignment = next;
    },
    [Symbol.dispose]: () => versions[Symbol.dispose](),
  };
}

/** What a model chooses, the exact probability of everything that it might have chosen, and the reward that it expects. */
function choose(
  kernels: Kernels,
  model: RewardModel,
  text: string,
  candidates: readonly string[],
  { exploration, purpose, seed }: {
    readonly exploration: Exploration;
    readonly purpose: "explore" | "exploit";
    readonly seed: number;
  },
): { readonly choice: number; readonly probabilities: Float32Array; readonly value?: number } {
  // Inverse-gap weighting compares rewards with each other; the others only need an order.
  const estimates = exploration.kind === "inverse-gap" ? model.estimates(text, candidates) : undefined;
  const scores = estimates ?? model.scores(text, candidates, purpose);
  const draws = exploration.kind === "thompson"
    ? model.draws?.(text, candidates, {
      count: exploration.draws ?? THOMPSON_DRAWS,
      seed,
      stream: 1,
      scale: exploration.scale ?? 1,
    })
    : undefined;
  const state = { t: model.learned, ...(draws && { draws }) };
  const probabilities = explorationProbabilities(kernels, scores, exploration, state);
  const choice = pickIndex(probabilities, kernels.uniform(seed, 0, 0));
  return { choice, probabilities, value: estimates?.[choice] };
}

/** The application's own choice: it was certain, so its propensity is 1. */
function takenBy(
  request: AgentRequest,
  candidates: readonly string[],
): Pick<DecidedStep["record"], "arm" | "action" | "choice" | "propensity"> {
  const action = request.taken ?? candidates[0];
  const choice = candidates.indexOf(action);
  if (choice < 0) {
    throw new EddyError("request_invalid", `Cannot learn from '${action}': it is none of the candidates`);
  }
  return { arm: "shadow", action, choice, propensity: 1 };
}
