import { EddyError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import type { ChatMessage, SamplingOptions } from "../language/mod.ts";
import {
  candidateTrie,
  createLanguageModel,
  type Finish,
  type LanguageModelOptions,
  type PolicySnapshot,
  type SpokenToken,
} from "../policy/mod.ts";
import type { Assignment } from "../store/mod.ts";
import type { AgentConfiguration } from "./agent_configuration.ts";
import type { AgentRequest, DecidedStep, ServedAgent, SpokenStep, SpokenTokens } from "./served_agent.ts";

/** Most tokens of an answer where nobody says how long it may be, at `/v1/decisions`. */
const LONGEST_ACTION = 1024;

/**
 * An agent that is a language model from elsewhere: it answers through its own chat template, and chooses among candidates
 * by how likely it is to say them. Its weights stay as they are: version 0 is the file, and there is no other.
 *
 * @throws {EddyError} `configuration_invalid` If it should learn; what `createLanguageModel` throws.
 */
export function createLanguageModelAgent(
  kernels: Kernels,
  name: string,
  configuration: AgentConfiguration,
  snapshot: PolicySnapshot,
  options: LanguageModelOptions = {},
): ServedAgent {
  if (configuration.mode !== "frozen") {
    throw new EddyError(
      "configuration_invalid",
      `Cannot serve '${name}' in mode '${configuration.mode}': a language model from elsewhere does not learn; use 'frozen'`,
    );
  }
  const model = createLanguageModel(kernels, snapshot, options);
  const assignment: Assignment = { incumbent: 0 };

  const recordOf = (request: AgentRequest, tokens: SpokenTokens, action: string): SpokenStep => ({
    record: {
      ...{ id: request.stepId, episodeId: request.episodeId, agent: name, policyVersion: 0, arm: "incumbent" },
      ...{ createdAt: request.now, turns: request.turns, seed: request.seed, action },
      propensity: Math.max(Math.exp(tokens.behaviorLogProb), Number.MIN_VALUE),
    },
  });

  return {
    name,
    kind: "transformer",
    assignment,
    installed: [0],
    language: { model, record: recordOf },
    decide: (request): DecidedStep => {
      const candidates = request.candidates ?? configuration.candidates;
      const [end] = model.ends;
      const messages: ChatMessage[] = request.turns.map(({ role, text }) => ({ role, content: text }));
      const tools = request.tools?.map((tool) => ({ type: "function", function: tool }));
      const prompt = model.prompt(messages, { tools, now: new Date(request.now) });
      const { tokens, finish } = all(model.speak(prompt, {
        ...samplingOf(request, candidates ? {} : model.sampling),
        seed: request.seed,
        ...(candidates
          ? { constraint: candidateTrie(model.tokenizer, candidates, end) }
          : { maximumTokens: LONGEST_ACTION }),
      }));
      const written = tokens.filter(({ end }) => !end);
      const action = candidates
        ? model.tokenizer.decode(written.map(({ id }) => id))
        : written.map(({ text }) => text).join("") + finish.text;
      const behaviorLogProb = tokens.reduce((sum, { behaviorLogProb }) => sum + behaviorLogProb, 0);
      const { record } = recordOf(request, { behaviorLogProb }, action);
      return {
        record: { ...record, ...(candidates && { candidates, choice: candidates.indexOf(action) }) },
        tokens: written.map(({ token, behaviorLogProb }) => ({ text: token, logProb: behaviorLogProb })),
        promptTokens: prompt.length,
      };
    },
    install: (version) => refuse(version),
    uninstall: (version) => refuse(version),
    assign: ({ incumbent, canary }) => {
      if (incumbent !== 0 || canary) refuse(canary?.version ?? incumbent);
    },
    [Symbol.dispose]: () => model[Symbol.dispose](),
  };

  function refuse(version: number): void {
    if (version !== 0) {
      throw new RangeError(`Cannot use version ${version} of '${name}': it has only the model's own, 0`);
    }
  }
}

function samplingOf({ explore, temperature }: AgentRequest, usual: SamplingOptions): SamplingOptions {
  if (explore === false) return { temperature: 0 };
  return temperature === undefined ? usual : { ...usual, temperature };
}

function all(
  speech: Generator<SpokenToken, Finish, undefined>,
): { readonly tokens: readonly SpokenToken[]; readonly finish: Finish } {
  const tokens: SpokenToken[] = [];
  for (let next = speech.next();; next = speech.next()) {
    if (next.done) return { tokens, finish: next.value };
    tokens.push(next.value);
  }
}
