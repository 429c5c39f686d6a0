import type { ChatMessage, SamplingOptions } from "../language/mod.ts";
import { candidateTrie, type Finish, type LanguageModel, type SpokenToken } from "../policy/mod.ts";
import type { AgentConfiguration } from "./agent_configuration.ts";
import { writeSpeechReplay } from "./speech_replay.ts";
import type { AgentRequest, DecidedStep, SpeakingModel, SpokenStep, SpokenTokens } from "./served_agent.ts";

/** Most tokens of an answer where nobody says how long it may be, at `/v1/decisions`. */
const LONGEST_ACTION = 1024;

/** A language model as one version of an agent. */
export interface Speaker {
  /** It, for those who listen while it writes. */
  readonly language: SpeakingModel;
  /** A whole answer at once. */
  decide(request: AgentRequest): DecidedStep;
}

/** How a language model answers and what is kept of it. @param name Of the agent. @param policyVersion Of the weights. */
export function speakerOf(
  name: string,
  configuration: AgentConfiguration,
  model: LanguageModel,
  policyVersion: number,
): Speaker {
  const recordOf = (request: AgentRequest, spoken: SpokenTokens, action: string): SpokenStep => ({
    record: {
      ...{ id: request.stepId, episodeId: request.episodeId, agent: name, policyVersion, arm: "incumbent" },
      ...{ createdAt: request.now, turns: request.turns, seed: request.seed, action },
      propensity: Math.max(
        Math.exp(spoken.tokens.reduce((sum, { behaviorLogProb }) => sum + behaviorLogProb, 0)),
        Number.MIN_VALUE,
      ),
      replay: writeSpeechReplay(spoken),
    },
  });

  return {
    language: { model, version: policyVersion, record: recordOf },
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
      const { record } = recordOf(request, { prompt, tokens }, action);
      return {
        record: { ...record, ...(candidates && { candidates, choice: candidates.indexOf(action) }) },
        tokens: written.map(({ token, behaviorLogProb }) => ({ text: token, logProb: behaviorLogProb })),
        promptTokens: prompt.length,
      };
    },
  };
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
