import type { Context } from "hono";
import type { AgentRequest } from "../../../agent/mod.ts";
import type { AppDependencies } from "../../app_dependencies.ts";
import type { JsonSchema } from "../closed_values.ts";
import type { Completion, CompletionChoice } from "../completion_response.ts";
import { eddyAnswer, eddyHeaders } from "../eddy_answer.ts";
import { episodeOf } from "../episode_of.ts";
import { eventStream } from "../event_stream.ts";
import { findAgent } from "../find_agent.ts";
import { invalidParameter } from "../invalid_parameter.ts";
import { legacyLogProbs } from "../legacy_log_probs.ts";
import { openAiErrorOf } from "../open_ai_error_of.ts";
import { parseBody } from "../read_body.ts";
import type { SignReceipt } from "../sign_receipt.ts";
import { textPlan } from "./speech_plan.ts";
import { REFUSED_IN_TEXT, TextRequest } from "./speech_request.ts";
import { speakChoice, type SpeechPlan, type SpokenChoice } from "./spoken_choice.ts";
import { allAtOnce } from "./all_at_once.ts";
import { listening } from "./listening.ts";

/**
 * Answers `POST /v1/completions` by a language model: it goes on from the end of each prompt, without a chat template.
 *
 * @throws {OpenAiError} 400 If the request asks for what the model cannot give.
 */
export async function answerText(
  c: Context,
  deps: AppDependencies,
  sign: SignReceipt,
  body: JsonSchema,
): Promise<Response> {
  const request = parseBody(body, TextRequest, REFUSED_IN_TEXT);
  if (request.stream_options && !request.stream) {
    throw invalidParameter("stream_options", "Cannot answer: `stream_options` needs `stream: true`");
  }
  const { served } = findAgent(deps, request.model);
  const { seed = deps.randomSeed(), n } = request;
  const episodeId = episodeOf(c, request.eddy.episode) ?? deps.newId();
  const { model, version, record } = served.language!(episodeId);
  const now = deps.now();
  const prompts = [request.prompt].flat().map((text) => ({ text, plan: textPlan(model, request, text) }));
  const asked = prompts.flatMap(({ text, plan }) =>
    Array.from({ length: n }, (_, index): { readonly request: AgentRequest; readonly plan: SpeechPlan } => {
      const own = (seed + index) >>> 0;
      const turns = [{ role: "user", text }] as const;
      return {
        request: { stepId: deps.newId(), episodeId, now, turns, seed: own },
        plan: { ...plan, speak: { ...plan.speak, seed: own } },
      };
    })
  );
  const answer = {
    id: `cmpl-${asked[0].request.stepId}`,
    object: "text_completion" as const,
    created: Math.floor(now / 1000),
    model: served.name,
    system_fingerprint: `${served.name}@${version}`,
  };
  const spoken: SpokenChoice[] = [];

  /** Pieces of one choice, finished by a piece with its receipt, once its step is durable. */
  async function* writtenOne(
    one: typeof asked[number],
    index: number,
    signal: AbortSignal,
  ): AsyncGenerator<CompletionChoice, void, undefined> {
    await using pieces = speakChoice(model, one.plan, signal);
    let next = await pieces.next();
    for (; !next.done; next = await pieces.next()) {
      const text = next.value.kind === "content" ? next.value.text : "";
      const logprobs = request.logprobs === undefined ? null : legacyLogProbs(next.value.tokens);
      if (text !== "" || logprobs?.tokens.length) yield { index, text, logprobs, finish_reason: null };
    }
    const step = record(one.request, next.value.spoken, next.value.action);
    await deps.recorder.addSteps([step.record]);
    spoken[index] = next.value;
    const finish = next.value.finish === "length" ? "length" : "stop";
    const eddy = eddyAnswer({ decided: step, receipt: sign(step.record) });
    yield { index, text: "", logprobs: null, finish_reason: finish, eddy };
  }

  /** Pieces of all choices as they come. */
  async function* written(deadlineMs?: number): AsyncGenerator<CompletionChoice, void, undefined> {
    using listener = listening(c.req.raw.signal, deadlineMs);
    const writers = asked.map((one, index) => writtenOne(one, index, listener.signal));
    yield* allAtOnce(writers, () => listener[Symbol.dispose]());
  }
  const usage = (): NonNullable<Completion["usage"]> => {
    const prompt = prompts.reduce((sum, { plan }) => sum + plan.prompt.length, 0);
    const completion = spoken.reduce((sum, { tokenCount }) => sum + tokenCount, 0);
    return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
  };

  if (request.stream) {
    const includeUsage = request.stream_options?.include_usage ?? false;
    const chunk = (choices: CompletionChoice[]): Completion => (
      { ...answer, choices, ...(includeUsage && { usage: null }) }
    );
    const chunks = async function* (): AsyncGenerator<unknown, void, undefined> {
      try {
        for await (const choice of written()) yield chunk([choice]);
        if (includeUsage) yield { ...chunk([]), usage: usage() };
      } catch (error) {
        yield openAiErrorOf(error).body();
      }
    };
    return eventStream(chunks(), { "x-eddy-step": asked[0].request.stepId, "x-eddy-episode": episodeId });
  }
  const choices = asked.map((_, index): CompletionChoice => ({ index, text: "", logprobs: null, finish_reason: null }));
  for await (const piece of written(deps.limits.deadlineMs)) choices[piece.index] = joined(choices[piece.index], piece);
  const eddy = choices[0].eddy!;
  return c.json({ ...answer, choices, usage: usage(), eddy }, 200, eddyHeaders(eddy));
}

function joined(all: CompletionChoice, piece: CompletionChoice): CompletionChoice {
  const [before, after] = [all.logprobs, piece.logprobs];
  const shift = all.text.length;
  return {
    ...all,
    ...piece,
    text: all.text + piece.text,
    logprobs: before && after
      ? {
        tokens: [...before.tokens, ...after.tokens],
        token_logprobs: [...before.token_logprobs, ...after.token_logprobs],
        top_logprobs: [...before.top_logprobs, ...after.top_logprobs],
        text_offset: [...before.text_offset, ...after.text_offset.map((offset) => offset + shift)],
      }
      : after ?? before,
  };
}
