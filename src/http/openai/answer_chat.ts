import type { Context } from "hono";
import type { AppDependencies } from "../app_dependencies.ts";
import { type AnswerForm, answerForm, type NamedAgent } from "./answer_form.ts";
import { chatChunks } from "./chat_chunks.ts";
import { chatCompletion, piecesOf } from "./chat_completion.ts";
import { ChatRequest } from "./chat_request.ts";
import type { JsonSchema } from "./closed_values.ts";
import { decideChoices } from "./decide_choices.ts";
import { eddyHeaders } from "./eddy_answer.ts";
import { episodeOf } from "./episode_of.ts";
import { eventStream } from "./event_stream.ts";
import { findAgent } from "./find_agent.ts";
import { invalidParameter } from "./invalid_parameter.ts";
import { parseBody, readObject } from "./read_body.ts";
import { REFUSED_IN_CHAT } from "./refused_parameters.ts";
import type { SignReceipt } from "./sign_receipt.ts";
import { answerSpeech, speaks } from "./speech/answer_speech.ts";
import { turnsFromMessages } from "./turns_from_messages.ts";

/** Answers `POST /v1/chat/completions`. */
export async function answerChat(c: Context, deps: AppDependencies, sign: SignReceipt): Promise<Response> {
  return await answerChatBody(c, deps, sign, await readObject(c, deps.limits.bodyBytes));
}

/** Answers a body as `POST /v1/chat/completions` would; other forms of asking are put into this one. */
export async function answerChatBody(
  c: Context,
  deps: AppDependencies,
  sign: SignReceipt,
  body: JsonSchema,
): Promise<Response> {
  if (speaks(deps, body)) return await answerSpeech(c, deps, sign, body);
  const request = parseBody(body, ChatRequest, REFUSED_IN_CHAT);
  const agent = findAgent(deps, request.model);
  const form = answerForm(agent, request);
  checkCombination(request, agent, form);
  const { n, seed, temperature, eddy: { explore, taken } } = request;
  const { candidates, tools } = form;
  const turns = turnsFromMessages(request.messages);
  const episodeId = episodeOf(c, request.eddy.episode, request.metadata?.eddy_episode);
  const question = { turns, candidates, tools, episodeId, explore, temperature, taken, n, seed };
  const [choices] = await decideChoices(deps, agent, [question], sign);
  const answer = chatCompletion(request, form, choices, deps.now());
  const headers = eddyHeaders(answer.eddy);
  if (!request.stream) return c.json(answer, 200, headers);
  const includeUsage = request.stream_options?.include_usage ?? false;
  return eventStream(chatChunks(answer, { includeUsage, pieces: piecesOf(request, choices) }), headers);
}

/** What is valid by itself and not together. */
function checkCombination(request: ChatRequest, { served }: NamedAgent, form: AnswerForm): void {
  if (request.stream_options && !request.stream) {
    throw invalidParameter("stream_options", "Cannot answer: `stream_options` needs `stream: true`");
  }
  if (request.top_logprobs === undefined) return;
  if (!request.logprobs) {
    throw invalidParameter("top_logprobs", "Cannot answer: `top_logprobs` needs `logprobs: true`");
  }
  if (request.top_logprobs > 0 && served.kind === "transformer" && !form.candidates) {
    throw invalidParameter(
      "top_logprobs",
      `Cannot list alternatives: '${served.name}' writes tokens and keeps only those it wrote; leave out \`top_logprobs\``,
      "unsupported_parameter",
    );
  }
}
