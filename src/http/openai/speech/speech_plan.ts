import type { LanguageModel } from "../../../policy/mod.ts";
import { candidateTrie } from "../../../policy/mod.ts";
import { allowedTools } from "../allowed_tools.ts";
import { invalidParameter } from "../invalid_parameter.ts";
import { callConstraint, formatConstraint, type HeldConstraint, mustCall } from "./format_constraint.ts";
import { samplingOf } from "./sampling_of.ts";
import type { SpeechRequest, TextRequest } from "./speech_request.ts";
import type { SpeechPlan } from "./spoken_choice.ts";
import { templateMessages } from "./template_messages.ts";

/**
 * How a request is put to a language model.
 *
 * @param given Seed of the first choice; `now` in milliseconds since 1970, what the template takes for today.
 * @throws {OpenAiError} 400 If the request asks for what the model cannot give, or is longer than it reads.
 */
export async function speechPlan(
  model: LanguageModel,
  request: SpeechRequest,
  given: { readonly seed: number; readonly now: number },
): Promise<SpeechPlan> {
  const { seed, now } = given;
  const tools = allowedTools(request);
  if (tools.length > 0 && !model.calls) {
    throw invalidParameter("tools", "Cannot call: the model's chat template knows no tools", "unsupported_parameter");
  }
  const prompt = model.prompt(templateMessages(request.messages), {
    ...(tools.length > 0 && { tools }),
    variables: request.chat_template_kwargs,
    now: new Date(now),
  });
  checkLength(prompt.length, model.contextLength, "messages");
  return {
    prompt,
    stops: [request.stop ?? []].flat(),
    calls: tools.length > 0,
    oneCall: request.parallel_tool_calls === false,
    speak: {
      ...sampledBy(model, request),
      seed,
      maximumTokens: request.max_completion_tokens ?? request.max_tokens,
      bias: biasOf(request, model),
      constraint: await constraintOf(model, request, tools),
      top: request.logprobs ? request.top_logprobs : 0,
      showCalls: tools.length > 0,
    },
  };
}

/**
 * How a text is put to a language model, which goes on from its end.
 *
 * @throws {OpenAiError} 400 If it is longer than the model reads.
 */
export function textPlan(model: LanguageModel, request: TextRequest, text: string): SpeechPlan {
  const prompt = model.tokenizer.encode(text, { addSpecial: true });
  checkLength(prompt.length, model.contextLength, "prompt");
  const { candidates } = request.eddy;
  return {
    prompt,
    stops: [request.stop ?? []].flat(),
    calls: false,
    oneCall: false,
    speak: {
      ...sampledBy(model, request),
      seed: 0,
      maximumTokens: request.max_tokens,
      bias: biasOf(request, model),
      constraint: candidates && candidateTrie(model.tokenizer, candidates, model.ends[0]),
      top: request.logprobs,
    },
  };
}

function sampledBy(
  model: LanguageModel,
  request: SpeechRequest | TextRequest,
): ReturnType<typeof samplingOf> {
  const temperature = request.eddy.explore === false ? 0 : request.temperature;
  return samplingOf({ ...request, temperature }, model.sampling, model);
}

function biasOf(
  { logit_bias: bias = {} }: SpeechRequest | TextRequest,
  { tokenizer }: LanguageModel,
): ReadonlyMap<number, number> {
  const byId = new Map(Object.entries(bias).map(([id, by]) => [Number(id), by]));
  const stranger = [...byId.keys()].find((id) => id >= tokenizer.vocabularySize);
  if (stranger === undefined) return byId;
  throw invalidParameter(
    "logit_bias",
    `Cannot answer: there is no token ${stranger}; the model's ids are below ${tokenizer.vocabularySize}`,
  );
}

async function constraintOf(
  model: LanguageModel,
  request: SpeechRequest,
  tools: Parameters<typeof callConstraint>[2],
): Promise<SpeechPlan["speak"]["constraint"]> {
  const { candidates } = request.eddy;
  const limits = [
    candidates && candidateTrie(model.tokenizer, candidates, model.ends[0]),
    await formatConstraint(model, request.response_format),
    mustCall(request) ? await callConstraint(model, request, tools) : undefined,
  ].filter((constraint) => constraint !== undefined);
  if (limits.length === 0) return await callConstraint(model, request, tools);
  if (limits.length === 1) return limits[0];
  for (const limit of limits) disposeConstraint(limit);
  throw invalidParameter(
    "response_format",
    "Cannot answer: ask for one of `eddy.candidates`, a `response_format` and a call that must be made",
  );
}

/** Gives back what a constraint holds, once the answer is written. */
export function disposeConstraint(constraint: SpeechPlan["speak"]["constraint"]): void {
  if (constraint && Symbol.dispose in constraint) (constraint as HeldConstraint)[Symbol.dispose]();
}

function checkLength(length: number, contextLength: number, param: "messages" | "prompt"): void {
  if (length < contextLength) return;
  throw invalidParameter(
    param,
    `Cannot answer: the model reads ${contextLength} tokens, its answer included, and '${param}' has ${length}; ` +
      "send less",
    "context_length_exceeded",
  );
}
