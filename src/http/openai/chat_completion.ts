import { type ActionToken, actionTokens } from "./action_tokens.ts";
import type { AnswerForm, ToldAction } from "./answer_form.ts";
import type { ChatRequest } from "./chat_request.ts";
import type { ChatChoice, ChatCompletion, Usage } from "./chat_response.ts";
import type { Choice } from "./decide_choices.ts";
import { eddyAnswer } from "./eddy_answer.ts";

/** A whole answer in OpenAI's form. @param createdAt Milliseconds since 1970. */
export function chatCompletion(
  request: ChatRequest,
  form: AnswerForm,
  choices: readonly Choice[],
  createdAt: number,
): ChatCompletion {
  const [{ decided: { record } }] = choices;
  return {
    id: `chatcmpl-${record.id}`,
    object: "chat.completion",
    created: Math.floor(createdAt / 1000),
    model: record.agent,
    system_fingerprint: `${record.agent}@${record.policyVersion}`,
    choices: choices.map((choice, index) => chatChoice(request, form, choice, index)),
    usage: usageOf(choices, mostTokens(request)),
    ...(request.metadata && { metadata: request.metadata }),
    eddy: eddyAnswer(choices[0]),
  };
}

function chatChoice(request: ChatRequest, form: AnswerForm, choice: Choice, index: number): ChatChoice {
  const all = actionTokens(choice.decided, request.top_logprobs);
  const tokens = all.slice(0, mostTokens(request));
  const cut = tokens.length < all.length;
  const told = cut ? cutShort(tokens) : form.tell(choice.decided.record.action);
  return {
    index,
    message: { role: "assistant", refusal: null, ...messageOf(told, choice.decided.record.id) },
    logprobs: request.logprobs ? { content: tokens, refusal: null } : null,
    finish_reason: cut ? "length" : told.kind === "tool_call" ? "tool_calls" : "stop",
    eddy: eddyAnswer(choice),
  };
}

/** A call that was cut is no call: its beginning is told as text. */
function cutShort(tokens: readonly ActionToken[]): ToldAction {
  return { kind: "content", content: tokens.map(({ token }) => token).join("") };
}

function messageOf(told: ToldAction, stepId: string): Pick<ChatChoice["message"], "content" | "tool_calls"> {
  if (told.kind === "content") return { content: told.content };
  const { name, arguments: written } = told;
  return {
    content: null,
    tool_calls: [{ id: `call_${stepId}`, type: "function", function: { name, arguments: written } }],
  };
}

/** [choices] texts of the tokens of each action, as far as they are told. */
export function piecesOf(request: ChatRequest, choices: readonly Choice[]): string[][] {
  return choices.map(({ decided }) => actionTokens(decided).slice(0, mostTokens(request)).map(({ token }) => token));
}

function mostTokens(request: ChatRequest): number | undefined {
  return request.max_completion_tokens ?? request.max_tokens;
}

/** What was read and written, in tokens; candidates are not read in tokens, and each is one token to write. */
export function usageOf(choices: readonly Choice[], mostTokens = Infinity): Usage {
  const prompt = choices[0].decided.promptTokens ?? 0;
  const completion = choices.reduce((sum, { decided }) => sum + Math.min(actionTokens(decided).length, mostTokens), 0);
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}
