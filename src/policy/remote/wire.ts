/** One message of a conversation as OpenAI-compatible endpoints take it. */
export interface RemoteMessage {
  /** Who speaks. */
  readonly role: "system" | "developer" | "user" | "assistant" | "tool";
  /** What is said; null where there are only calls. */
  readonly content?: string | null;
  /** Calls that the assistant made. */
  readonly tool_calls?: readonly RemoteToolCall[];
  /** The call that a tool's message answers. */
  readonly tool_call_id?: string;
  /** Who it is, where several have one role. */
  readonly name?: string;
}

/** A call of a function. */
export interface RemoteToolCall {
  /** Ties the tool's answer to the call. */
  readonly id: string;
  /** Always a function. */
  readonly type: "function";
  /** Which, and with what: `arguments` is JSON, as far as the model wrote it well. */
  readonly function: { readonly name: string; readonly arguments: string };
}

/** A function that may be called. */
export interface RemoteTool {
  /** Always a function. */
  readonly type: "function";
  /** `parameters` is a JSON schema. */
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters?: Readonly<Record<string, unknown>>;
  };
}

/** Whether and which function must be called. */
export type RemoteToolChoice =
  | "none"
  | "auto"
  | "required"
  | { readonly type: "function"; readonly function: { readonly name: string } };

/** The form that an answer must have. */
export type RemoteResponseFormat =
  | { readonly type: "text" | "json_object" }
  | {
    readonly type: "json_schema";
    readonly json_schema: {
      readonly name: string;
      readonly schema: Readonly<Record<string, unknown>>;
      readonly strict?: boolean;
    };
  };

/** Body of `POST /v1/chat/completions`. */
export interface RemoteRequest {
  /** Which model answers. */
  readonly model: string;
  /** The conversation, oldest first. */
  readonly messages: readonly RemoteMessage[];
  /** What may be called. */
  readonly tools?: readonly RemoteTool[];
  /** Whether it must. */
  readonly tool_choice?: RemoteToolChoice;
  /** The form of the answer. */
  readonly response_format?: RemoteResponseFormat;
  /** Number of answers. */
  readonly n?: number;
  /** Divides the logits; 0 takes the most likely. */
  readonly temperature?: number;
  /** Keeps the fewest tokens whose probabilities add up to this. */
  readonly top_p?: number;
  /** Names the draw. */
  readonly seed?: number;
  /** Texts that end the answer. */
  readonly stop?: string | readonly string[];
  /** Most tokens of an answer. */
  readonly max_tokens?: number;
  /** The newer name of `max_tokens`. */
  readonly max_completion_tokens?: number;
  /** Whether to tell how likely each token was. */
  readonly logprobs?: boolean;
  /** How many alternatives of each token to tell: 0 to 20. */
  readonly top_logprobs?: number;
  /** Whether to answer as events. */
  readonly stream?: boolean;
  /** Whether a last event tells what was used. */
  readonly stream_options?: { readonly include_usage?: boolean };
}

/** How likely a token was. */
export interface RemoteTokenLogProb {
  /** Its text. */
  readonly token: string;
  /** Log-probability, nats. */
  readonly logprob: number;
  /** Its text in UTF-8. */
  readonly bytes?: readonly number[] | null;
}

/** How likely each token of an answer was, with alternatives in its place. */
export interface RemoteLogProbs {
  /** [tokens] */
  readonly content: readonly (RemoteTokenLogProb & { readonly top_logprobs: readonly RemoteTokenLogProb[] })[] | null;
}

/** What was read and written, in tokens. */
export interface RemoteUsage {
  /** Tokens read. */
  readonly prompt_tokens: number;
  /** Tokens written. */
  readonly completion_tokens: number;
  /** Both. */
  readonly total_tokens: number;
}

/** One answer. */
export interface RemoteChoice {
  /** Its place among the answers. */
  readonly index: number;
  /** What was said. */
  readonly message: {
    readonly role: "assistant";
    readonly content: string | null;
    readonly tool_calls?: readonly RemoteToolCall[];
    readonly refusal?: string | null;
  };
  /** How likely, where it was asked for. */
  readonly logprobs?: RemoteLogProbs | null;
  /** Why it ended: `stop`, `length`, `tool_calls`, or a word of the endpoint's own. */
  readonly finish_reason: string;
}

/** Answer of `POST /v1/chat/completions`. */
export interface RemoteCompletion {
  /** Its name. */
  readonly id: string;
  /** Always this. */
  readonly object: "chat.completion";
  /** Seconds since 1970. */
  readonly created: number;
  /** What answered. */
  readonly model: string;
  /** [n] the answers. */
  readonly choices: readonly RemoteChoice[];
  /** What it cost. */
  readonly usage?: RemoteUsage;
}

/** What one event of a stream adds to an answer. */
export interface RemoteDelta {
  /** On the first event. */
  readonly role?: "assistant";
  /** More of the text. */
  readonly content?: string | null;
  /** More of the calls, each by its place. */
  readonly tool_calls?: readonly {
    readonly index: number;
    readonly id?: string;
    readonly type?: "function";
    readonly function?: { readonly name?: string; readonly arguments?: string };
  }[];
}

/** One event of a streamed answer. */
export interface RemoteChunk {
  /** Name of the answer. */
  readonly id: string;
  /** Always this. */
  readonly object: "chat.completion.chunk";
  /** Seconds since 1970. */
  readonly created: number;
  /** What answers. */
  readonly model: string;
  /** What is added to each answer; none on the event that tells what was used. */
  readonly choices: readonly {
    readonly index: number;
    readonly delta: RemoteDelta;
    readonly logprobs?: RemoteLogProbs | null;
    readonly finish_reason: string | null;
  }[];
  /** On the last event, where it was asked for. */
  readonly usage?: RemoteUsage | null;
}
