import type { Context } from "hono";
import type { AppDependencies } from "../app_dependencies.ts";
import { actionTokens } from "./action_tokens.ts";
import { usageOf } from "./chat_completion.ts";
import { CompletionRequest } from "./completion_request.ts";
import type { Completion, CompletionChoice } from "./completion_response.ts";
import { type Choice, decideChoices } from "./decide_choices.ts";
import { eddyAnswer, eddyHeaders } from "./eddy_answer.ts";
import { episodeOf } from "./episode_of.ts";
import { eventStream } from "./event_stream.ts";
import { findAgent } from "./find_agent.ts";
import { invalidParameter } from "./invalid_parameter.ts";
import { parseBody, readObject } from "./read_body.ts";
import { legacyLogProbs } from "./legacy_log_probs.ts";
import { REFUSED_IN_COMPLETIONS } from "./refused_parameters.ts";
import type { SignReceipt } from "./sign_receipt.ts";
import { speaks } from "./speech/answer_speech.ts";
import { answerText } from "./speech/answer_text.ts";

/** Answers `POST /v1/completions`: each prompt is one turn of a user, and its answer the text of the action. */
export async function answerCompletion(c: Context, deps: AppDependencies, sign: SignReceipt): Promise<Response> {
  const body = await readObject(c, deps.limits.bodyBytes);
  if (speaks(deps, body)) return await answerText(c, deps, sign, body);
  const request = parseBody(body, CompletionRequest, REFUSED_IN_COMPLETIONS);
  const agent = findAgent(deps, request.model);
  if (request.stream_options && !request.stream) {
    throw invalidParameter("stream_options", "Cannot answer: `stream_options` needs `stream: true`");
  }
  const { n, seed, temperature, eddy: { candidates, explore, taken } } = request;
  const episodeId = episodeOf(c, request.eddy.episode);
  const prompts = typeof request.prompt === "string" ? [request.prompt] : request.prompt;
  const questions = prompts.map((text) => (
    { turns: [{ role: "user" as const, text }], candidates, episodeId, explore, temperature, taken, n, seed }
  ));
  const asked = await decideChoices(deps, agent, questions, sign);
  const answer = completion(request, asked, deps.now());
  const headers = eddyHeaders(eddyAnswer(asked[0][0]));
  if (!request.stream) return c.json(answer, 200, headers);
  return eventStream(completionChunks(answer, request.stream_options?.include_usage ?? false), headers);
}

/** @param asked [prompts][n] */
function completion(
  request: CompletionRequest,
  asked: readonly (readonly Choice[])[],
  createdAt: number,
): Completion {
  const choices = asked.flat();
  const [{ decided: { record } }] = choices;
  const used = asked.map((choices) => usageOf(choices, request.max_tokens));
  const sum = (column: "prompt_tokens" | "completion_tokens" | "total_tokens"): number =>
    used.reduce((sum, usage) => sum + usage[column], 0);
  return {
    id: `cmpl-${record.id}`,
    object: "text_completion",
    created: Math.floor(createdAt / 1000),
    model: record.agent,
    system_fingerprint: `${record.agent}@${record.policyVersion}`,
    choices: choices.map((choice, index) => completionChoice(request, choice, index)),
    usage: {
      prompt_tokens: sum("prompt_tokens"),
      completion_tokens: sum("completion_tokens"),
      total_tokens: sum("total_tokens"),
    },
    eddy: eddyAnswer(choices[0]),
  };
}

function completionChoice(request: CompletionRequest, choice: Choice, index: number): CompletionChoice {
  const all = actionTokens(choice.decided, request.logprobs);
  const tokens = all.slice(0, request.max_tokens);
  const cut = tokens.length < all.length;
  return {
    index,
    text: cut ? tokens.map(({ token }) => token).join("") : choice.decided.record.action,
    logprobs: request.logprobs === undefined ? null : legacyLogProbs(tokens),
    finish_reason: cut ? "length" : "stop",
    eddy: eddyAnswer(choice),
  };
}

/** For each choice its text, then its reason to finish; then, if asked for, what was used. */
function completionChunks({ choices, usage, eddy, ...answer }: Completion, includeUsage: boolean): Completion[] {
  const chunk = (choices: CompletionChoice[]): Completion => ({
    ...answer,
    choices,
    ...(includeUsage && { usage: null }),
  });
  const chunks = choices.flatMap(({ eddy, ...choice }) => [
    chunk([{ ...choice, finish_reason: null }]),
    chunk([{ ...choice, text: "", logprobs: null, eddy }]),
  ]);
  if (includeUsage) chunks.push({ ...chunk([]), usage });
  return chunks.map((chunk, index) => index === chunks.length - 1 ? { ...chunk, eddy } : chunk);
}
