import type { Context } from "hono";
import type { AgentRequest, SpeakingModel, SpokenStep } from "../../../agent/mod.ts";
import type { LanguageModel } from "../../../policy/mod.ts";
import type { AppDependencies } from "../../app_dependencies.ts";
import type { ChatCompletion, ChatCompletionChunk } from "../chat_response.ts";
import type { JsonSchema } from "../closed_values.ts";
import { type EddyAnswer, eddyAnswer, eddyHeaders } from "../eddy_answer.ts";
import { findAgent } from "../find_agent.ts";
import { episodeOf } from "../episode_of.ts";
import { eventStream } from "../event_stream.ts";
import { invalidParameter } from "../invalid_parameter.ts";
import { openAiErrorOf } from "../open_ai_error_of.ts";
import { parseBody } from "../read_body.ts";
import type { SignReceipt } from "../sign_receipt.ts";
import { turnsFromMessages } from "../turns_from_messages.ts";
import { disposeConstraint, speechPlan } from "./speech_plan.ts";
import { REFUSED_IN_SPEECH, SpeechRequest } from "./speech_request.ts";
import { speakChoice, type SpeechPlan, type SpokenChoice, type SpokenPiece } from "./spoken_choice.ts";
import { type GatheredChoice, gatherSpeech } from "./gather_speech.ts";
import { chunkOf } from "./speech_chunk.ts";
import { allAtOnce } from "./all_at_once.ts";
import { type Listening, listening } from "./listening.ts";

/** Whether a body asks an agent that is a language model. @throws {OpenAiError} 404 If it asks one that is not there. */
export function speaks(deps: AppDependencies, { model }: JsonSchema): boolean {
  return typeof model === "string" && findAgent(deps, model).served.language !== undefined;
}

/** One choice that is being written. */
interface Asked {
  readonly request: AgentRequest;
  readonly plan: SpeechPlan;
}

/**
 * Answers `POST /v1/chat/completions` by a language model. Each choice is a step, durable before its receipt is told; a
 * stream tells its tokens before that, since they are told as they are written.
 *
 * @throws {OpenAiError} 400 If the request asks for what the model cannot give.
 */
export async function answerSpeech(
  c: Context,
  deps: AppDependencies,
  sign: SignReceipt,
  body: JsonSchema,
): Promise<Response> {
  const request = parseBody(body, SpeechRequest, REFUSED_IN_SPEECH);
  checkCombination(request);
  const { served } = findAgent(deps, request.model);
  const { seed = deps.randomSeed(), n } = request;
  const episodeId = episodeOf(c, request.eddy.episode, request.metadata?.eddy_episode) ?? deps.newId();
  const language = served.language!(episodeId);
  const now = deps.now();
  const turns = turnsFromMessages(request.messages);
  const plan = await speechPlan(language.model, request, { seed, now });
  const asked = Array.from({ length: n }, (_, index): Asked => {
    const own = (seed + index) >>> 0;
    return {
      request: { stepId: deps.newId(), episodeId, now, turns, seed: own },
      plan: { ...plan, speak: { ...plan.speak, seed: own } },
    };
  });
  const answer = {
    id: `chatcmpl-${asked[0].request.stepId}`,
    created: Math.floor(now / 1000),
    model: served.name,
    system_fingerprint: `${served.name}@${language.version}`,
  };
  const told: Told = { deps, sign, language, request, asked, answer, client: c.req.raw.signal };
  if (!request.stream) return await whole(c, told);
  const { stepId } = asked[0].request;
  return eventStream(streamed(told), { "x-eddy-step": stepId, "x-eddy-episode": episodeId });
}

interface Told {
  readonly deps: AppDependencies;
  readonly sign: SignReceipt;
  readonly language: SpeakingModel;
  readonly request: SpeechRequest;
  readonly asked: readonly Asked[];
  readonly answer: Pick<ChatCompletion, "id" | "created" | "model" | "system_fingerprint">;
  /** Aborted when the client goes away. */
  readonly client: AbortSignal;
}

async function whole(c: Context, told: Told): Promise<Response> {
  const { deps, sign, language, request, asked, answer, client } = told;
  const gathered = await gatherAll(language.model, asked, listening(client, deps.limits.deadlineMs));
  const steps = gathered.map(({ spoken }, index) => stepOf(language, asked[index], spoken));
  await deps.recorder.addSteps(steps.map(({ record }) => record));
  const eddy = steps.map((decided) => eddyAnswer({ decided, receipt: sign(decided.record) }));
  const completion: ChatCompletion = {
    ...answer,
    object: "chat.completion",
    choices: gathered.map(({ message, tokens, spoken }, index) => ({
      index,
      message: { role: "assistant", refusal: null, ...message(`call_${asked[index].request.stepId}`) },
      logprobs: request.logprobs ? { content: [...tokens], refusal: null } : null,
      finish_reason: spoken.finish,
      ...(spoken.stop !== undefined && { stop_reason: spoken.stop }),
      eddy: eddy[index],
    })),
    usage: usageOf(asked, gathered.map(({ spoken }) => spoken)),
    ...(request.metadata && { metadata: request.metadata }),
    eddy: eddy[0],
  };
  return c.json(completion, 200, eddyHeaders(eddy[0]));
}

/** Writes all choices beside each other; where one fails, none goes on. */
async function gatherAll(
  model: LanguageModel,
  asked: readonly Asked[],
  heard: Listening,
): Promise<readonly GatheredChoice[]> {
  using listener = heard;
  try {
    const writing = asked.map(async ({ plan }) => {
      await using pieces = speakChoice(model, plan, listener.signal);
      return await gatherSpeech(pieces);
    });
    return await Promise.all(writing).catch(async (error) => {
      listener[Symbol.dispose]();
      await Promise.allSettled(writing);
      throw error;
    });
  } finally {
    disposeConstraint(asked[0].plan.speak.constraint);
  }
}

async function* streamed(
  told: Told,
): AsyncGenerator<ChatCompletionChunk | { readonly error: unknown }, void, undefined> {
  const { deps, sign, language, request, asked, answer, client } = told;
  const includeUsage = request.stream_options?.include_usage ?? false;
  const chunk = (choices: ChatCompletionChunk["choices"], eddy?: EddyAnswer): ChatCompletionChunk => ({
    ...answer,
    object: "chat.completion.chunk",
    choices,
    ...(includeUsage && { usage: null }),
    ...(eddy && { eddy }),
  });
  const spoken: SpokenChoice[] = [];
  const answers: EddyAnswer[] = [];
  let ended = 0;
  using listener = listening(client);

  /** The chunks of one choice; the last tells its receipt, and the last of all the first choice's once more. */
  async function* written(one: Asked, index: number): AsyncGenerator<ChatCompletionChunk, void, undefined> {
    await using pieces = speakChoice(language.model, one.plan, listener.signal);
    const delta = { role: "assistant", content: "", refusal: null } as const;
    yield chunk([{ index, delta, logprobs: null, finish_reason: null }]);
    let next: IteratorResult<SpokenPiece, SpokenChoice>;
    for (next = await pieces.next(); !next.done; next = await pieces.next()) {
      const told = chunkOf(next.value, index, { logprobs: request.logprobs, callId: `call_${one.request.stepId}` });
      if (told) yield chunk([told]);
    }
    const step = stepOf(language, one, next.value);
    await deps.recorder.addSteps([step.record]);
    const eddy = answers[index] = eddyAnswer({ decided: step, receipt: sign(step.record) });
    spoken[index] = next.value;
    ended += 1;
    const last = ended === asked.length && !includeUsage;
    const { finish, stop } = next.value;
    const reasons = { finish_reason: finish, ...(stop !== undefined && { stop_reason: stop }) };
    yield chunk([{ index, delta: {}, logprobs: null, ...reasons, eddy }], last ? answers[0] : undefined);
  }

  try {
    yield* allAtOnce(asked.map(written), () => listener[Symbol.dispose]());
    if (includeUsage) yield { ...chunk([], answers[0]), usage: usageOf(asked, spoken) };
  } catch (error) {
    // The status is told already: the error comes as an event, as OpenAI's does.
    yield openAiErrorOf(error).body();
  } finally {
    disposeConstraint(asked[0].plan.speak.constraint);
  }
}

function stepOf(language: SpeakingModel, { request }: Asked, { spoken, action }: SpokenChoice): SpokenStep {
  return language.record(request, spoken, action);
}

function usageOf(asked: readonly Asked[], spoken: readonly SpokenChoice[]): ChatCompletion["usage"] {
  const prompt = asked[0].plan.prompt.length;
  const completion = spoken.reduce((sum, { tokenCount }) => sum + tokenCount, 0);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: spoken[0]?.cachedTokens ?? 0 },
  };
}

function checkCombination(request: SpeechRequest): void {
  if (request.stream_options && !request.stream) {
    throw invalidParameter("stream_options", "Cannot answer: `stream_options` needs `stream: true`");
  }
  if (request.top_logprobs !== undefined && !request.logprobs) {
    throw invalidParameter("top_logprobs", "Cannot answer: `top_logprobs` needs `logprobs: true`");
  }
}
