import type { RemoteChoice, RemoteCompletion, RemoteRequest } from "../wire.ts";
import type { Beliefs } from "./_beliefs.ts";
import { drawOf } from "./_draw.ts";
import { atTemperature, logProbsOf, placeOf, tokensOf } from "./_speak.ts";
import { wordsIn } from "./_words.ts";

/** What names a call. */
export interface CallName {
  /** The call's own name: its draws come from it. */
  readonly call: string;
  /** Name of the answer. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** Of the whole stand-in. */
  readonly seed: number;
  /** Whether each answer stops at half. */
  readonly truncated: boolean;
}

/** Draws the answers to a request from what a stand-in might say. */
export function completionOf(beliefs: Beliefs, request: RemoteRequest, name: CallName): RemoteCompletion {
  const probabilities = atTemperature(beliefs.probabilities, request.temperature ?? 1);
  const chosen = Array.from(
    { length: request.n ?? 1 },
    (_, index) => placeOf(probabilities, drawOf(name.seed, "say", name.call, index)),
  );
  const spoken = chosen.map((place, index) => choiceOf(beliefs, place, index, request, name));
  const prompt = wordsIn(request.messages, request.tools);
  const completion = spoken.reduce((sum, { tokens }) => sum + tokens, 0);
  return {
    id: name.id,
    object: "chat.completion",
    created: name.created,
    model: request.model,
    choices: spoken.map(({ choice }) => choice),
    usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
  };
}

function choiceOf(
  beliefs: Beliefs,
  place: number,
  index: number,
  request: RemoteRequest,
  { id, truncated }: CallName,
): { readonly choice: RemoteChoice; readonly tokens: number } {
  const saying = beliefs.sayings[place];
  const all = tokensOf(saying);
  const most = Math.min(
    request.max_completion_tokens ?? request.max_tokens ?? Infinity,
    truncated ? Math.floor(all.length / 2) : Infinity,
  );
  const stopped = typeof saying === "string" ? beforeStop(saying, request.stop) : undefined;
  const told = stopped === undefined ? all : tokensOf(stopped);
  const tokens = told.slice(0, most);
  const cut = tokens.length < told.length;
  const calls = typeof saying === "string" || cut ? undefined : saying.calls.map((call, number) => ({
    id: `call_${id}_${index}_${number}`,
    type: "function" as const,
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
  const content = typeof saying !== "string" && !cut ? saying.content ?? null : tokens.join("");
  return {
    tokens: tokens.length,
    choice: {
      index,
      message: { role: "assistant", content, refusal: null, ...(calls && { tool_calls: calls }) },
      logprobs: request.logprobs ? logProbsOf(beliefs, tokens, request.top_logprobs ?? 0) : null,
      finish_reason: cut ? "length" : calls ? "tool_calls" : "stop",
    },
  };
}

/** The text before the first of the `stop` texts. */
function beforeStop(text: string, stop: RemoteRequest["stop"] = []): string {
  const places = [stop].flat().filter((one) => one !== "").map((one) => text.indexOf(one)).filter((at) => at >= 0);
  return places.length === 0 ? text : text.slice(0, Math.min(...places));
}
