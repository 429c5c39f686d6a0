import { EddyError } from "../../../errors.ts";
import type { RemoteQuestion } from "../client/remote_chat.ts";
import type { RemoteCompletion, RemoteMessage } from "../wire.ts";

/** Most alternatives that endpoints tell of a token. */
export const MOST_LOG_PROBS = 20;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** The names under which candidates are shown: letters, or numbers where there are more than letters. */
export function labelsOf(count: number): string[] {
  return Array.from({ length: count }, (_, place) => count <= LETTERS.length ? LETTERS[place] : String(place + 1));
}

/** A question that makes a model choose, in one of three ways. */
export function choosingQuestion(
  messages: readonly RemoteMessage[],
  candidates: readonly string[],
  mode: "logprobs" | "answer" | "tool",
  sampling: { readonly temperature: number; readonly seed: number },
): RemoteQuestion {
  const labels = labelsOf(candidates.length);
  const list = labels.map((label, place) => `${label}: ${candidates[place]}`).join("\n");
  const what = labels.length <= LETTERS.length ? "letter" : "number";
  const asked: RemoteMessage = {
    role: "user",
    content: `Choose what to do next:\n${list}\nAnswer with the ${what} of your choice only.`,
  };
  const shown = [...messages, asked];
  const parameters = {
    type: "object",
    properties: { choice: { type: "string", enum: labels } },
    required: ["choice"],
    additionalProperties: false,
  };
  switch (mode) {
    case "logprobs":
      // At temperature 1 no endpoint changes the probabilities that it tells.
      return { messages: shown, max_tokens: 1, temperature: 1, logprobs: true, top_logprobs: MOST_LOG_PROBS };
    case "answer":
      return {
        messages: shown,
        ...sampling,
        response_format: { type: "json_schema", json_schema: { name: "choice", schema: parameters, strict: true } },
      };
    case "tool":
      return {
        messages: shown,
        ...sampling,
        tools: [{
          type: "function",
          function: { name: "choose", description: "Chooses what to do next.", parameters },
        }],
        tool_choice: { type: "function", function: { name: "choose" } },
      };
  }
}

/**
 * What a model thinks of each candidate: the log-probabilities of their labels. One that is not listed is taken to be as
 * likely as the least likely that is: it cannot be more likely than that.
 *
 * @returns [candidates] nats, not normalized; nothing where the answer lists no label.
 */
export function readLogProbs(completion: RemoteCompletion, count: number): Float32Array | undefined {
  const first = completion.choices[0].logprobs?.content?.[0];
  if (!first) return undefined;
  const listed = first.top_logprobs.length > 0 ? first.top_logprobs : [first];
  const labels = labelsOf(count);
  const masses = new Float64Array(count);
  for (const { token, logprob } of listed) {
    // " A", "A" and "▁A" are the same letter.
    const place = labels.indexOf(token.replace(/^[\s▁Ġ]+|\s+$/g, ""));
    if (place >= 0) masses[place] += Math.exp(logprob);
  }
  if (!masses.some((mass) => mass > 0)) return undefined;
  const floor = Math.max(Math.min(...listed.map(({ logprob }) => logprob)), LEAST);
  return Float32Array.from(masses, (mass) => mass > 0 ? Math.log(mass) : floor);
}

/** Nats; endpoints write −9999 for "never". */
const LEAST = -50;

/** The place of the candidate that an answer names: by label, by label in JSON or a call's arguments, or by its text. */
export function readChoice(completion: RemoteCompletion, candidates: readonly string[]): number {
  const { content, tool_calls: calls } = completion.choices[0].message;
  const written = calls?.[0]?.function.arguments ?? content ?? "";
  const named = choiceIn(written);
  const labels = labelsOf(candidates.length);
  const place = [
    candidates.indexOf(written),
    labels.indexOf(named),
    candidates.indexOf(named),
    labels.indexOf(/^\W*(\w+)\b/.exec(named)?.[1] ?? ""),
  ].find((place) => place >= 0);
  if (place !== undefined) return place;
  throw new EddyError(
    "remote_unavailable",
    `Cannot choose: the model's answer names none of the ${candidates.length} candidates; try again, or another model`,
  );
}

function choiceIn(written: string): string {
  try {
    const { choice } = JSON.parse(written) as { readonly choice?: unknown };
    return typeof choice === "string" ? choice : written.trim();
  } catch {
    return written.trim();
  }
}
