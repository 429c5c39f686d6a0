import { toolCallStream } from "../../../language/mod.ts";
import type { SpokenTokens } from "../../../agent/mod.ts";
import type { LanguageModel, SpeakOptions, SpokenToken } from "../../../policy/mod.ts";
import type { ActionToken } from "../action_tokens.ts";
import { stopTexts } from "./stop_texts.ts";
import { tokenOf } from "./token_of.ts";

/** How one answer is written and read. */
export interface SpeechPlan {
  /** Tokens of the conversation. */
  readonly prompt: Uint32Array;
  /** How it is written. */
  readonly speak: SpeakOptions;
  /** Texts that end it. */
  readonly stops: readonly string[];
  /** Whether calls of tools are looked for. */
  readonly calls: boolean;
  /** Whether it may have one call only. */
  readonly oneCall: boolean;
}

/** A piece of an answer, with the tokens that came since the last one. */
export type SpokenPiece =
  & { readonly tokens: readonly ActionToken[] }
  & (
    | { readonly kind: "content"; readonly text: string }
    | { readonly kind: "call"; readonly index: number; readonly name: string; readonly id?: string }
    | { readonly kind: "arguments"; readonly index: number; readonly text: string }
    /** A call that was begun turned out to be none; all that was written of it. */
    | { readonly kind: "no-call"; readonly index: number; readonly text: string }
    | { readonly kind: "end" }
  );

/** What an answer was, once it is whole. */
export interface SpokenChoice {
  /** All that was written, calls as they were. */
  readonly action: string;
  /** Calls that are whole. */
  readonly callCount: number;
  /** Why it ended. */
  readonly finish: "stop" | "length" | "tool_calls";
  /** The text that ended it, where one did. */
  readonly stop?: string;
  /** Tokens written, without the one that ends the answer. */
  readonly tokenCount: number;
  /** Tokens of the prompt that were known already. */
  readonly cachedTokens: number;
  /** What was drawn, the tokens that ended it included. */
  readonly spoken: SpokenTokens;
}

/**
 * Writes one answer beside all others: pieces as they become known, then what it was.
 *
 * @param signal Ends it where nobody listens any more.
 */
export async function* speakChoice(
  model: LanguageModel,
  plan: SpeechPlan,
  signal: AbortSignal,
): AsyncGenerator<SpokenPiece, SpokenChoice, undefined> {
  const stops = stopTexts(plan.stops);
  const calls = plan.calls && model.calls ? toolCallStream(model.calls) : undefined;
  const speech = model.speakTogether(plan.prompt, plan.speak, signal);
  const drawn: SpokenToken[] = [];
  let action = "", tokenCount = 0, callCount = 0, cachedTokens = 0;
  let reason: "end" | "length" | "stop" | undefined;
  let stop: string | undefined;
  let tokens: ActionToken[] = [];

  const taken = (): readonly ActionToken[] => {
    const since = tokens;
    tokens = [];
    return since;
  };
  function* read(text: string, last: boolean): Generator<SpokenPiece> {
    action += text;
    if (!calls) {
      if (text !== "") yield { kind: "content", text, tokens: taken() };
      return;
    }
    for (const delta of [...calls.push(text), ...(last ? calls.finish() : [])]) {
      if (delta.kind !== "end") yield { ...delta, tokens: taken() };
      else if (delta.call) callCount += 1;
      else yield { kind: "no-call", index: delta.index, text: delta.text, tokens: taken() };
      if (plan.oneCall && callCount > 0) return;
    }
  }

  try {
    while (reason === undefined) {
      const next = await speech.next();
      if (next.done) {
        ({ reason } = next.value);
        const { text, stop: found } = stops.push(next.value.text);
        if (found !== undefined) [reason, stop] = ["stop", found];
        yield* read(text + stops.finish(), true);
        break;
      }
      drawn.push(next.value);
      ({ cachedTokens } = next.value);
      if (next.value.end) continue;
      tokenCount += 1;
      tokens.push(tokenOf(next.value));
      const { text, stop: found } = stops.push(next.value.text);
      stop = found;
      yield* read(text, stop !== undefined);
      if (stop !== undefined || plan.oneCall && callCount > 0) reason = "stop";
    }
    yield { kind: "end", tokens: taken() };
  } finally {
    await speech.return({ reason: "end", text: "" });
  }
  const finish = callCount > 0 ? "tool_calls" : reason === "length" ? "length" : "stop";
  const spoken = { prompt: plan.prompt, tokens: drawn };
  return { action, callCount, finish, ...(stop !== undefined && { stop }), tokenCount, cachedTokens, spoken };
}
