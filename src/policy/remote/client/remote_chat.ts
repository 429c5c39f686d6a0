import type { RemoteChunk, RemoteCompletion, RemoteRequest } from "../wire.ts";

/** A question to the model of a {@linkcode RemoteChat}. */
export type RemoteQuestion = Omit<RemoteRequest, "model" | "stream" | "stream_options">;

/** A language model at an endpoint. */
export interface RemoteChat {
  /** Name of the model that is asked. */
  readonly model: string;
  /**
   * Asks, again where trying again can help, within deadline and budget.
   *
   * @throws {EddyError} `remote_refused` If the endpoint says that the request is wrong (4xx); `overloaded` If it kept
   * refusing for load (429, 503) or asks for a longer wait than is left; `remote_unavailable` If it kept failing or its answers
   * were no completions; `timed_out` If the deadline passed; `budget_spent` before anything is sent that the budget does not
   * cover; `interrupted` If the caller's signal was aborted.
   */
  ask(question: RemoteQuestion, options?: AskOptions): Promise<RemoteCompletion>;
  /** Asks for a stream. It is tried again only as long as nothing was heard. Errors as with `ask`. */
  stream(question: RemoteQuestion, options?: AskOptions): AsyncGenerator<RemoteChunk, void, undefined>;
  /** What was spent so far. */
  readonly spent: RemoteSpending;
}

/** How one question is asked. */
export interface AskOptions {
  /** Gives up when aborted. */
  readonly signal?: AbortSignal;
  /** Instead of the client's own. */
  readonly deadlineMs?: number;
}

/** What was spent. */
export interface RemoteSpending {
  /** Requests that were sent, each try counted. */
  readonly calls: number;
  /** Tokens read. */
  readonly promptTokens: number;
  /** Tokens written. */
  readonly completionTokens: number;
  /** In the currency of the prices. */
  readonly money: number;
  /** Answers without usage figures: their tokens are estimated, four bytes of UTF-8 each. */
  readonly estimated: number;
}

/** What may be spent; absent is without limit. */
export interface RemoteBudget {
  /** Requests, each try counted. Exact. */
  readonly calls?: number;
  /** Tokens, read and written. Nothing is sent once they are spent: what is under way then may exceed them. */
  readonly tokens?: number;
  /** In the currency of the prices; as with tokens. */
  readonly money?: number;
}

/** How a client of an endpoint is set up. */
export interface RemoteChatOptions {
  /** Base address, as OpenAI's clients take it: `https://api.example.com/v1`. No credentials in it. */
  readonly endpoint: string;
  /** Name of the model. */
  readonly model: string;
  /** Sent as `Authorization: Bearer …`; never part of an error, a cassette or anything that is told. */
  readonly key?: string;
  /** What sends requests: `fetch`, a cassette's, or a stand-in's. Default the runtime's. */
  readonly fetch?: (request: Request) => Promise<Response>;
  /** Further fields of each body, such as `reasoning_effort`. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Tries of one question. Default 4. */
  readonly attempts?: number;
  /** Longest silence of one try. Default 60 s. */
  readonly attemptMs?: number;
  /** Longest time of one question, all tries and waits together. Default 180 s. */
  readonly deadlineMs?: number;
  /** Wait before the second try, doubled with each, and half of it by chance. Default 500 ms. */
  readonly backoffMs?: number;
  /**
   * Questions that wait for an answer at once (for its beginning, where it is streamed); further ones wait their turn.
   * Default 4.
   */
  readonly concurrent?: number;
  /** What may be spent. */
  readonly budget?: RemoteBudget;
  /** Price of a million tokens. Default 0. */
  readonly prices?: { readonly prompt: number; readonly completion: number };
  /** Decides the chance part of waits. Default 0. */
  readonly seed?: number;
  /** Waits; resolves early when the signal is aborted. Default a timer. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}
