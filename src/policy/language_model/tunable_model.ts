import type { PolicySnapshot, UpdateOptions } from "../policy.ts";
import type { LanguageModel } from "./language_model.ts";

/** Tokens to learn from. */
export interface LearnedSequence {
  /** What is read. */
  readonly tokens: Uint32Array;
  /** 1 for each token that is learned, given all before it; the first cannot be. */
  readonly learned: Uint8Array;
}

/** A language model that learns from tokens that were written for it: all of its weights, or an adapter beside them. */
export interface TunableModel extends Pick<LanguageModel, "contextLength" | "ends" | "prompt">, Disposable {
  /** Numbers that learn. */
  readonly parameterCount: number;
  /** Numbers of the model itself. */
  readonly baseParameterCount: number;
  /** Bytes that these take. */
  readonly baseBytes: number;
  /** Updates made, the optimiser's clock among them. */
  readonly updates: number;
  /** How likely each learned token is now. @returns [learned tokens] log-probabilities, sequence after sequence. Nats. */
  score(sequences: readonly LearnedSequence[]): Float32Array;
  /** Adds the gradient of what was scored last. @param dLogProbs [learned tokens] */
  backward(dLogProbs: Float32Array): void;
  /** One update by AdamW. @returns The gradient's norm before clipping; when it is not finite nothing moved. */
  update(options: UpdateOptions): number;
  /**
   * What learned: a PEFT adapter, or a whole model, as files.
   *
   * @param resume Adds what the optimiser remembers. @param own More of `eddy.json`.
   */
  snapshot(options?: { readonly resume?: boolean; readonly own?: object }): PolicySnapshot;
}
