/** How a language model is tuned. */
export interface TuneConfiguration {
  /** Hugging Face folder or GGUF file. */
  readonly model: string;
  /**
   * How its weights are held: `f32`, or in a packed format, with an adapter beside them; `packed` as `eddy import` packed
   * them, else `q8`. Absent: `f32`.
   */
  readonly weights?: "f32" | "e4" | "e7" | "q8" | "packed";
  /** Whether float32 layers run again on the way back to save memory. Absent: where they would keep more than 1 GiB. */
  readonly checkpointLayers?: boolean;
  /** File of a chat template in place of the model's own. */
  readonly chatTemplate?: string;
  /** File of conversations, one a line. */
  readonly data: string;
  /** Folder of what was learned. */
  readonly out: string;
  /** What learns: an adapter, in the words of PEFT, or all weights. */
  readonly method:
    | {
      readonly kind: "lora";
      readonly rank: number;
      readonly alpha: number;
      readonly targets: string | readonly string[];
    }
    | { readonly kind: "full" };
  /** Which of the assistant's turns are learned. */
  readonly turns: "last" | "all";
  /** Times that each conversation is learned. */
  readonly epochs: number;
  /** Most tokens of one update; a conversation that is longer makes one by itself. */
  readonly batchTokens: number;
  /** Conversations of more tokens than the model reads are left out instead of refused. */
  readonly skipLong: boolean;
  /** Highest learning rate. */
  readonly learningRate: number;
  /** How it falls after the warm-up. */
  readonly schedule: "constant" | "linear" | "cosine";
  /** Share of the updates over which it rises. */
  readonly warmup: number;
  /** Decoupled decay of the weights. */
  readonly weightDecay: number;
  /** Longest gradient; longer ones are shortened. 0: any. */
  readonly maxGradientNorm: number;
  /** Share of the conversations that are only measured. */
  readonly heldOut: number;
  /** What chat templates take for today, ISO 8601: the same when a run is taken up another day. */
  readonly today: string;
  /** Names the order, what is held out, and what an adapter begins with. Unsigned 32-bit. */
  readonly seed: number;
}

/** What is taken unless it is told otherwise. */
export const TUNE_DEFAULTS = {
  method: { kind: "lora", rank: 8, alpha: 16, targets: "all-linear" },
  turns: "all",
  epochs: 2,
  batchTokens: 4096,
  skipLong: false,
  learningRate: 2e-4,
  schedule: "cosine",
  warmup: 0.05,
  weightDecay: 0,
  maxGradientNorm: 1,
  heldOut: 0.05,
  seed: 0,
} as const satisfies Omit<TuneConfiguration, "model" | "data" | "out" | "today">;
