/**
 * Runs a causal language model that is not learning: reads tokens, says what may come next. Behind it may be the kernels of
 * this machine's processor or a GPU; the numbers differ in the last places, so log-probabilities belong to the engine
 * that computed them.
 *
 * ```text
 * slot = open()      feed([{ slot, tokens }]) ─▶ logits after each one's last token      close(slot)
 * score([tokens])    ─▶ ln p(token_i | those before it), without any slot
 * ```
 */
export interface InferenceEngine extends Disposable {
  /** What computes. */
  readonly backend: "kernels" | "webgpu";
  /** Tokens that logits are about. */
  readonly vocabularySize: number;
  /** Most tokens of a slot. */
  readonly maximumPositions: number;
  /** Opens the memory of one sequence. */
  open(): number;
  /** Frees it. @throws {RangeError} If there is no such slot, here and below. */
  close(slot: number): void;
  /** Tokens that a slot has read. */
  length(slot: number): number;
  /** Forgets all tokens of a slot behind the first `length`. @throws {RangeError} If it has fewer. */
  truncate(slot: number, length: number): void;
  /**
   * Appends tokens to slots, all as one batch.
   *
   * @returns [requests × vocabulary] logits after each one's last token.
   * @throws {RangeError} If nothing is to be read, a slot stands twice, a token is not in the vocabulary, or a slot would
   * become longer than `maximumPositions`: nothing is read then.
   * @throws {EddyError} `worker_failed` If the device is lost; open another engine.
   */
  feed(requests: readonly FeedRequest[]): Promise<Float32Array>;
  /** Log-probability of each token but the first, given those before it. @returns For each sequence [tokens − 1], nats. */
  score(sequences: readonly Uint32Array[]): Promise<Float32Array[]>;
}

/** Tokens for one slot. */
export interface FeedRequest {
  /** Where they belong. */
  readonly slot: number;
  /** What is read; at least one. */
  readonly tokens: Uint32Array;
}
