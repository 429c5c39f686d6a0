import { type AgentConfiguration, createLanguageModelAgent, type ServedAgent } from "../../../src/agent/mod.ts";
import { loadKernels } from "../../../src/kernels/mod.ts";
import type { Finish, LanguageModel, SpeakOptions, SpokenToken } from "../../../src/policy/mod.ts";
import { tinyChatModel } from "../../policy/tiny_chat_model.ts";
import { CONFIGURATION } from "../fakes.ts";

const { candidates: _, ...shared } = CONFIGURATION;

/** How a language model is set up. */
export const SPEAKING: AgentConfiguration = {
  ...shared,
  policy: { kind: "checkpoint", path: "models/tiny" },
  mode: "frozen",
};

/** An agent that is a tiny language model with random weights; with `text`, one that always says that. */
export async function speakingAgent(text?: string, maximumPositions = 256): Promise<ServedAgent> {
  const kernels = await loadKernels();
  const agent = createLanguageModelAgent(kernels, "tiny", SPEAKING, tinyChatModel(kernels, 7, maximumPositions));
  if (text === undefined) return agent;
  const { model, ...rest } = agent.language!();
  return { ...agent, language: () => ({ ...rest, model: { ...model, speakTogether: saying(model, text) } }) };
}

/** Writes a text and ends, whatever it is asked; each token has half the probability. */
function saying(model: LanguageModel, text: string): LanguageModel["speakTogether"] {
  return async function* (
    _prompt,
    { maximumTokens = Infinity }: SpeakOptions,
  ): AsyncGenerator<SpokenToken, Finish, undefined> {
    await Promise.resolve();
    using stream = model.tokenizer.stream({ skipSpecial: false });
    const known = { cachedTokens: 3, logProb: Math.log(0.5), behaviorLogProb: Math.log(0.5), top: [] };
    let written = 0;
    for (const id of model.tokenizer.encode(text)) {
      if (written++ >= maximumTokens) return { reason: "length", text: stream.finish() };
      yield { id, token: model.tokenizer.token(id), text: stream.push(id) ?? "", end: false, ...known };
    }
    yield { id: model.ends[0], token: "", text: "", end: true, ...known };
    return { reason: "end", text: stream.finish() };
  };
}
