/** Shape of a causal language model: its sizes, and what differs from Llama's layout. */
export interface ModelConfig {
  /** Name of the architecture, as `model_type` in config.json. Absent: "llama". */
  readonly modelType?: string;
  /** Tokens, and rows of the embedding. */
  readonly vocabularySize: number;
  /** Width of the state that runs through the layers. */
  readonly hiddenSize: number;
  /** Blocks of attention and feed-forward. */
  readonly layers: number;
  /** Heads that queries have. */
  readonly heads: number;
  /** Heads that keys and values have; divides `heads`. */
  readonly keyValueHeads: number;
  /** Even. */
  readonly headDimension: number;
  /** Width inside the feed-forward. */
  readonly intermediateSize: number;
  /** Longest sequence, in tokens. */
  readonly maximumPositions: number;
  /** Base of the rotation frequencies. */
  readonly ropeTheta: number;
  /** Absent: the plain frequencies. */
  readonly ropeScaling?: RopeScaling;
  /** Numbers of each head that turn, from its first on. Absent: all; 0: none. */
  readonly rotaryDimension?: number;
  /** Rotations of the layers that `blocks.localRopes` names. */
  readonly localRope?: Pick<ModelConfig, "ropeTheta" | "ropeScaling">;
  /** Added to the mean square before its root. */
  readonly normEpsilon: number;
  /** The head is the embedding. */
  readonly tied: boolean;
  /** What the model has otherwise than Llama. */
  readonly blocks?: Partial<ModelBlocks>;
}

/** The parts of a model. */
export interface ModelBlocks {
  /** `rms-from-one`: weights count from 1; `layer`: with a mean and a bias. Llama: `rms`. */
  readonly norm: "rms" | "rms-from-one" | "layer";
  /** Results of attention and feed-forward are normalised before they join the stream. */
  readonly postNorms: boolean;
  /** Queries and keys are normalised, head by head. */
  readonly queryKeyNorms: boolean;
  /** Queries, keys and values have a bias. */
  readonly projectionBias: boolean;
  /** The output of attention has a bias. */
  readonly outputBias: boolean;
  /** The products of the feed-forward have biases. */
  readonly feedForwardBias: boolean;
  /** The feed-forward has a gate. Llama: yes. */
  readonly gated: boolean;
  /** The function inside the feed-forward. Llama: `silu`. */
  readonly activation: Activation;
  /** Factor of a query's product with a key; 0: 1/√headDimension. */
  readonly attentionScale: number;
  /** Scores become c·tanh(score/c); 0: they stay. */
  readonly attentionCap: number;
  /** Logits become c·tanh(logit/c); 0: they stay. */
  readonly logitCap: number;
  /** Factor of the embedding. Llama: 1. */
  readonly embeddingScale: number;
  /** A learned vector is added for each position. */
  readonly learnedPositions: boolean;
  /** [layers] positions that a query sees, itself among them; 0: all. Empty: all layers see all. */
  readonly windows: readonly number[];
  /** [layers] whether the layer turns by `localRope`. Empty: none does. */
  readonly localRopes: readonly boolean[];
}

/** Functions inside a feed-forward: x·σ(x), and x·Φ(x) by its usual approximation or within float32's accuracy. */
export type Activation = "silu" | "gelu-tanh" | "gelu";

/** Llama's parts. */
export const LLAMA_BLOCKS: ModelBlocks = {
  norm: "rms",
  postNorms: false,
  queryKeyNorms: false,
  projectionBias: false,
  outputBias: false,
  feedForwardBias: false,
  gated: true,
  activation: "silu",
  attentionScale: 0,
  attentionCap: 0,
  logitCap: 0,
  embeddingScale: 1,
  learnedPositions: false,
  windows: [],
  localRopes: [],
};

/** How rotations are stretched to longer texts. */
export type RopeScaling = LinearRopeScaling | Llama3RopeScaling | YarnRopeScaling | LongRopeScaling;

/** All waves alike. */
export interface LinearRopeScaling {
  /** Names the kind. */
  readonly type: "linear";
  /** Every wave is this much longer. */
  readonly factor: number;
}

/** How Llama 3 does it. */
export interface Llama3RopeScaling {
  /** Names the kind. */
  readonly type: "llama3";
  /** Waves longer than the original text are stretched by it. */
  readonly factor: number;
  /** Waves that fit fewer times than this into the original length are long. */
  readonly lowFrequencyFactor: number;
  /** Waves that fit more often than this are short. */
  readonly highFrequencyFactor: number;
  /** Length that the model was first trained on, in tokens. */
  readonly originalMaximumPositions: number;
}

/** YaRN: a ramp over the frequencies' places. */
export interface YarnRopeScaling {
  /** Names the kind. */
  readonly type: "yarn";
  /** Waves behind the ramp are stretched by it. */
  readonly factor: number;
  /** Turns within the original length where the ramp begins. */
  readonly betaFast: number;
  /** Turns within the original length where the ramp ends. */
  readonly betaSlow: number;
  /** The ramp begins and ends at whole places. */
  readonly truncate: boolean;
  /** Factor of all cosines and sines. */
  readonly attentionFactor: number;
  /** Length that the model was first trained on, in tokens. */
  readonly originalMaximumPositions: number;
}

/** A factor for each frequency, others in long sequences. */
export interface LongRopeScaling {
  /** Names the kind. */
  readonly type: "longrope";
  /** [rotaryDimension / 2]. */
  readonly shortFactors: readonly number[];
  /** [rotaryDimension / 2], for sequences of more than `originalMaximumPositions`. */
  readonly longFactors: readonly number[];
  /** Factor of all cosines and sines. */
  readonly attentionFactor: number;
  /** Length that the model was first trained on, in tokens. */
  readonly originalMaximumPositions: number;
}
