import { EddyError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import type { Decision } from "../policy/mod.ts";
import type { Assignment } from "../store/mod.ts";
import type { AgentConfiguration } from "./agent_configuration.ts";
import { armOf } from "./arm_of.ts";
import { createActionSpace } from "./policy/action_space.ts";
import { type InstalledPolicy, installPolicy } from "./policy/installed_policy.ts";
import type { PolicyParts } from "./policy/policy_parts.ts";
import { writeReplay } from "./policy/step_replay.ts";
import type { AgentRequest, DecidedStep, ServedAgent } from "./served_agent.ts";

/** Episodes whose reading each version keeps: a next step then reads only what is new. */
const KEPT_EPISODES = 256;

/** What an agent is made of, and how much it keeps in mind. */
export interface PolicyAgentParts extends PolicyParts {
  /** Episodes whose reading each version keeps. Default 256; one of the `desk` preset takes at most 0.4 MB. */
  readonly keptEpisodes?: number;
}

/**
 * An agent whose policy comes from a checkpoint: a transformer that writes tool calls, words, text or one of listed
 * candidates, or a linear policy over candidates. Version 0 is the checkpoint.
 *
 * A choice is a pure function of (version's weights, conversation, limits, temperature, seed): what an episode said
 * before is kept in mind only to read it faster. So a request may change the history, an episode may move to another
 * version, process or machine, and a kept step can be replayed bit for bit.
 *
 * Exploring samples from the policy at the request's temperature (default 1). `explore: false`, and modes other than
 * `learn`, take the most likely action (temperature 0); such steps have no propensity to learn from.
 *
 * @throws {EddyError} `configuration_invalid` If the configuration is not of a checkpoint; `checkpoint_invalid` If it cannot
 * be served.
 */
export function createPolicyAgent(
  kernels: Kernels,
  name: string,
  configuration: AgentConfiguration,
  parts: PolicyAgentParts,
): ServedAgent {
  const { snapshot, keptEpisodes = KEPT_EPISODES } = parts;
  if (configuration.policy.kind !== "checkpoint" || snapshot.kind === "reward-model") {
    throw new EddyError("configuration_invalid", `Cannot serve '${name}' with a policy: it is a reward model`);
  }
  if (snapshot.kind === "remote") {
    throw new EddyError(
      "checkpoint_invalid",
      `Cannot serve '${name}': the biases of a remote policy need its endpoint`,
    );
  }
  const versions = new Map([[0, installPolicy(kernels, snapshot, keptEpisodes)]]);
  const space = createActionSpace(kernels, parts);
  let assignment: Assignment = { incumbent: 0 };

  const installed = (version: number): InstalledPolicy => {
    const found = versions.get(version);
    if (!found) throw new RangeError(`Cannot use version ${version} of '${name}': it is not installed`);
    return found;
  };

  return {
    name,
    kind: snapshot.kind,
    get assignment(): Assignment {
      return assignment;
    },
    get installed(): readonly number[] {
      return [...versions.keys()].sort((a, b) => a - b);
    },
    decide: (request): DecidedStep => {
      const { arm, version } = armOf(request.episodeId, assignment);
      const candidates = request.candidates ?? (request.tools ? undefined : configuration.candidates);
      const limit = space.limitOf({ candidates, tools: request.tools });
      const allowed = space.open(limit, candidates);
      const temperature = temperatureOf(configuration, request);
      const { policy, contextOf } = installed(version);
      const decision = readable(name, () => {
        const context = contextOf(request.episodeId);
        context.restart(request.turns);
        return policy.decide([{ context, ...allowed, seed: request.seed, stream: 0 }], { temperature })[0];
      });
      const shared = {
        ...{ id: request.stepId, episodeId: request.episodeId, agent: name, policyVersion: version },
        ...{ createdAt: request.now, turns: request.turns, ...(candidates && { candidates }), seed: request.seed },
      };
      const choiceOf = (action: string): { readonly choice?: number } =>
        candidates ? { choice: candidates.indexOf(action) } : {};
      const answer = { promptTokens: decision.promptTokens.length };
      if (configuration.mode === "shadow") {
        const action = takenBy(request, candidates);
        const record = { ...shared, ...choiceOf(action), arm: "shadow" as const, action, propensity: 1 };
        return { record: { ...record, shadowAction: decision.text }, ...answer };
      }
      return {
        record: {
          ...{ ...shared, ...choiceOf(decision.text), arm, action: decision.text },
          ...{ propensity: propensityOf(decision), value: decision.value },
          replay: writeReplay(decision, temperature, limit),
        },
        ...answer,
        ...tokensOf(decision, space.texts(decision.tokens)),
      };
    },
    install: (version, payload) => {
      if (versions.has(version)) return;
      if (payload.kind !== "snapshot") {
        throw new RangeError(`Cannot load version ${version} of '${name}': a policy travels as a snapshot`);
      }
      if (payload.snapshot.files.get("tokenizer.json") !== snapshot.files.get("tokenizer.json")) {
        throw new EddyError(
          "checkpoint_invalid",
          `Cannot load version ${version} of '${name}': it has another tokenizer than the versions before it`,
        );
      }
      versions.set(version, installPolicy(kernels, payload.snapshot, keptEpisodes));
    },
    uninstall: (version) => {
      if (version === assignment.incumbent || version === assignment.canary?.version) {
        throw new RangeError(`Cannot unload version ${version} of '${name}': it is assigned; assign another one first`);
      }
      versions.get(version)?.[Symbol.dispose]();
      versions.delete(version);
    },
    assign: (next) => {
      installed(next.incumbent);
      if (next.canary) installed(next.canary.version);
      assignment = next;
    },
    [Symbol.dispose]: () => {
      for (const version of versions.values()) version[Symbol.dispose]();
      versions.clear();
      space[Symbol.dispose]();
    },
  };
}

function temperatureOf({ mode }: AgentConfiguration, { explore, temperature }: AgentRequest): number {
  if (explore === false) return 0;
  return temperature ?? (mode === "learn" ? 1 : 0);
}

/** Probability of the whole action; longer ones than a double can tell from 0 get the smallest there is. */
function propensityOf({ behaviorLogProbs }: Decision): number {
  return Math.max(Math.exp(behaviorLogProbs.reduce((sum, logProb) => sum + logProb, 0)), Number.MIN_VALUE);
}

/** What an answer tells of its tokens; the one that only ends it is left out. */
function tokensOf(
  { behaviorLogProbs }: Decision,
  texts: readonly string[] | undefined,
): Pick<DecidedStep, "tokens"> {
  if (!texts) return {};
  return { tokens: texts.slice(0, -1).map((text, token) => ({ text, logProb: behaviorLogProbs[token] })) };
}

/** The application's own choice. */
function takenBy({ taken }: AgentRequest, candidates: readonly string[] | undefined): string {
  const action = taken ?? candidates?.[0];
  if (action !== undefined && (candidates?.includes(action) ?? true)) return action;
  throw new EddyError(
    "request_invalid",
    action === undefined
      ? "Cannot answer in shadow mode: the request does not say what was done ('taken')"
      : `Cannot learn from '${action}': it is none of the candidates`,
  );
}

/** Tells the caller when the conversation is longer than the policy can read. */
function readable<Result>(name: string, decide: () => Result): Result {
  try {
    return decide();
  } catch (cause) {
    if (!(cause instanceof EddyError) || cause.code !== "configuration_invalid") throw cause;
    throw new EddyError(
      "request_invalid",
      `Cannot answer: the conversation is longer than '${name}' can read; send fewer turns`,
      { cause },
    );
  }
}
