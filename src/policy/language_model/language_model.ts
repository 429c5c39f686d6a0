import type {
  ChainOptions,
  ChatMessage,
  Constraint,
  SamplingOptions,
  Tokenizer,
  ToolCallFamilyName,
  ToolCallForm,
} from "../../language/mod.ts";
import type { LearningPolicy, PolicySnapshot } from "../policy.ts";
import type { LearningAdapterOptions, LoraConfig } from "../transformer/mod.ts";

/**
 * A causal language model that answers in its own way: through the chat template and to the end tokens that it was trained
 * with. Its weights are used as they are; adapters beside them learn.
 */
export interface LanguageModel extends Disposable {
  /** Most tokens of prompt and answer together. */
  readonly contextLength: number;
  /** Text to tokens and back. */
  readonly tokenizer: Tokenizer;
  /** Tokens of which each ends an answer; at least one. */
  readonly ends: readonly number[];
  /** Whether it has a form for conversations; without one it goes on with texts. */
  readonly hasChatTemplate: boolean;
  /** How it writes calls of tools; undefined where its template knows none. */
  readonly calls?: ToolCallFamilyName;
  /** The same to the character, as its template writes them; undefined where that cannot be read. */
  readonly callForm?: ToolCallForm;
  /** How it samples where nobody says otherwise: what its maker recommends. */
  readonly sampling: SamplingOptions;
  /**
   * The tokens of a conversation, up to where the assistant's answer begins. What users write never becomes a special token.
   *
   * @throws {EddyError} `request_invalid` If it has no chat template, or the template refuses the conversation.
   */
  prompt(messages: readonly ChatMessage[], options?: PromptOptions): Uint32Array;
  /**
   * Writes an answer, token by token. Nothing is computed between two reads, so that it can be given up at any token.
   *
   * @throws {EddyError} `request_invalid` If the prompt is empty or fills the context; `weights_not_finite` If the model
   * gives no numbers.
   */
  speak(prompt: Uint32Array, options: SpeakOptions): Generator<SpokenToken, Finish, undefined>;
  /**
   * Writes an answer beside all others that are asked for in this way: what they read next goes through the weights
   * together, which is faster than one after the other. An answer is the one that `speak` writes, bit for bit, whoever else
   * is there. It joins between two tokens of the others, first come, first served, and is a few tokens ahead of its reader.
   *
   * @param signal Gives it up, also while it waits for its turn.
   * @throws {EddyError} As `speak`.
   */
  speakTogether(
    prompt: Uint32Array,
    options: SpeakOptions,
    signal?: AbortSignal,
  ): AsyncGenerator<SpokenToken, Finish, undefined>;
  /**
   * The same model with a low-rank adapter of a PEFT folder beside its weights, in the place of another adapter if this one
   * has any. All share one copy of the weights and answer at once. Disposed of while it answers, the adapter leaves after
   * the last of those answers; disposing of the model itself ends all.
   *
   * @throws {EddyError} `model_unsupported` If the adapter asks for other arithmetic than LoRA's; `checkpoint_invalid` If it is
   * of another model.
   */
  adapt(adapter: PolicySnapshot): LanguageModel;
  /**
   * A low-rank adapter beside the weights that learns from answers, while this model and its adapters go on answering. What
   * it has learned answers once its snapshot is given to `adapt`.
   *
   * @throws {EddyError} `checkpoint_invalid` or `model_unsupported` If the adapter does not fit the model.
   */
  teach(lora: LoraConfig, options?: Omit<LearningAdapterOptions, "isGone">): LearningPolicy;
}

/** What else a conversation is written with. */
export interface PromptOptions {
  /** Tools in OpenAI's form. */
  readonly tools?: readonly unknown[];
  /** More names for the template, such as `enable_thinking`. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** What the template takes for today. */
  readonly now?: Date;
  /** Ends with the last message, not with the beginning of an answer. Default false. */
  readonly complete?: boolean;
}

/** How an answer is written. */
export interface SpeakOptions extends SamplingOptions {
  /** Names the draws. Unsigned 32-bit. */
  readonly seed: number;
  /** Most tokens. Default what the context leaves. */
  readonly maximumTokens?: number;
  /** Samples as llama.cpp does, in place of all sampling options. */
  readonly chain?: ChainOptions;
  /** Added to the logits of tokens, by id. */
  readonly bias?: ReadonlyMap<number, number>;
  /** What may be written; it has the end token where it may end, or ends in a state without tokens. */
  readonly constraint?: Constraint;
  /** Number of alternatives to tell of each token. Default 0. */
  readonly top?: number;
  /** Tells the texts of special tokens that mark calls of tools, too. Default false. */
  readonly showCalls?: boolean;
}

/** One token of an answer. */
export interface SpokenToken {
  /** Its id. */
  readonly id: number;
  /** What it stands for by itself; part of a character is U+FFFD. */
  readonly token: string;
  /** Text that became whole with it. */
  readonly text: string;
  /** Tokens of the prompt that did not have to be read again for the answer. */
  readonly cachedTokens: number;
  /** Whether it ends the answer; it has no text then. */
  readonly end: boolean;
  /** Log-probability under the model's own distribution, temperature 1: the bits that evaluating gives. Nats. */
  readonly logProb: number;
  /** Log-probability with which it was really drawn. Nats. */
  readonly behaviorLogProb: number;
  /** The most likely tokens in its place, most likely first. */
  readonly top: readonly { readonly id: number; readonly token: string; readonly logProb: number }[];
}

/** Why an answer ended: the model ended it, or there was no more room. The last text that was not whole comes along. */
export interface Finish {
  /** `end` or `length`. */
  readonly reason: "end" | "length";
  /** Bytes at the end that were no whole character, as U+FFFD. */
  readonly text: string;
}
