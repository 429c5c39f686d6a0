import type { SamplingOptions } from "../../language/mod.ts";

/** One thing that was said. */
export interface Said {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** How an answer is written. */
export interface TalkOptions extends
  Pick<
    SamplingOptions,
    "temperature" | "topP" | "topK" | "minP" | "typical" | "repetitionPenalty" | "frequencyPenalty" | "presencePenalty"
  > {
  /** Names the draws. */
  readonly seed: number;
  /** Most tokens. */
  readonly maximumTokens?: number;
}

/** Whom one talks with: a model on this machine, or one at an endpoint. */
export interface Talker extends Disposable {
  /** What it is called. */
  readonly name: string;
  /** Answers a conversation, piece by piece; ends early, without an error, when the signal is aborted. */
  answer(said: readonly Said[], options: TalkOptions, signal: AbortSignal): AsyncGenerator<string, void, undefined>;
}
