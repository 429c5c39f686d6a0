/** The name of a ready-made configuration. */
export type PresetName = "desk" | "spark" | "intents" | "scan";

/** Everything a training run depends on, besides the files it reads. Plain data: it is kept beside the checkpoint. */
export interface TrainConfiguration {
  /** The preset this began from. */
  readonly preset: PresetName;
  /** Name of a world that comes with Eddy, or the path of a module whose default export is a `World`. */
  readonly environment: string;
  /** Seed of everything random: equal configuration and seed give equal weights, bit for bit. */
  readonly seed: number;
  /** Workers that act and learn at once. Their number changes the time a run takes, never its result. */
  readonly workers: number;
  /** Folder of the run: checkpoints, events and the report. */
  readonly out: string;
  /** What chooses. */
  readonly policy: PolicyShape;
  /** How text becomes tokens. */
  readonly tokenizer: TokenizerConfiguration;
  /** The first phase: imitation. */
  readonly warmStart: WarmStartConfiguration;
  /** The second phase: learning from its own acts. */
  readonly reinforcement: ReinforcementConfiguration;
  /** How success is measured. */
  readonly evaluation: EvaluationConfiguration;
}

/** The shape of the policy that is trained. */
export type PolicyShape = TransformerShape | LinearShape;

/** A Llama-shaped language model, from nothing. */
export interface TransformerShape {
  /** Tells the shapes apart. */
  readonly kind: "transformer";
  /** Width of the residual stream. */
  readonly hiddenSize: number;
  /** Transformer blocks. */
  readonly layers: number;
  /** Query heads. */
  readonly heads: number;
  /** Key and value heads; divides the query heads. */
  readonly keyValueHeads: number;
  /** Inner width of the gated feed-forward block. */
  readonly intermediateSize: number;
  /** Longest episode, in tokens. */
  readonly maximumPositions: number;
}

/** Hashed features of (context, candidate) under one weight vector. */
export interface LinearShape {
  /** Tells the shapes apart. */
  readonly kind: "linear";
  /** The weight vector has 2^bits entries. */
  readonly bits: number;
}

/** The byte-level BPE that is trained on the expert's episodes; unused by a linear policy. */
export interface TokenizerConfiguration {
  /** Entries, the 256 bytes included. */
  readonly vocabularySize: number;
}

/** Imitation of the world's scripted expert. */
export interface WarmStartConfiguration {
  /** Expert episodes to imitate; 0 leaves the phase out. */
  readonly episodes: number;
  /** Passes over those episodes. */
  readonly epochs: number;
  /** Of the optimizer, in this phase. */
  readonly learningRate: number;
  /** Episodes behind one update. */
  readonly batchEpisodes: number;
}

/** Step-wise learning from the policy's own episodes. */
export interface ReinforcementConfiguration {
  /** Rounds of acting and learning. */
  readonly updates: number;
  /** Episodes acted between two updates of the behavior policy. */
  readonly episodesPerUpdate: number;
  /** Passes over those episodes. */
  readonly epochs: number;
  /** Optimizer changes per pass. */
  readonly minibatches: number;
  /** Of the optimizer, in this phase. */
  readonly learningRate: number;
  /** Discount of the next step's return. */
  readonly gamma: number;
  /** Weight of longer returns in generalized advantage estimation. */
  readonly lambda: number;
  /** Importance ratios count within 1 ± this. */
  readonly clipEpsilon: number;
  /** Weight of the entropy bonus. */
  readonly entropyCoefficient: number;
  /** Weight of the value loss. */
  readonly valueCoefficient: number;
  /** Largest global l2 norm of a gradient; 0 leaves it unclipped. */
  readonly maxGradientNorm: number;
  /** `step`: each step keeps its own reward. `episode`: all of it is told at the end. */
  readonly reward: "step" | "episode";
}

/** How success is measured while training, on held-out tasks. */
export interface EvaluationConfiguration {
  /** Held-out episodes behind one point of the curve. */
  readonly episodes: number;
  /** Updates between two evaluations. */
  readonly everyUpdates: number;
}

const TRANSFORMER: TransformerShape = {
  kind: "transformer",
  hiddenSize: 64,
  layers: 3,
  heads: 4,
  keyValueHeads: 2,
  intermediateSize: 176,
  maximumPositions: 512,
};

const DESK: TrainConfiguration = {
  preset: "desk",
  environment: "desk",
  seed: 7,
  workers: 2,
  out: "runs/desk-7",
  policy: TRANSFORMER,
  tokenizer: { vocabularySize: 512 },
  warmStart: { episodes: 1000, epochs: 1, learningRate: 4e-3, batchEpisodes: 32 },
  reinforcement: {
    updates: 60,
    episodesPerUpdate: 128,
    epochs: 2,
    minibatches: 4,
    learningRate: 1e-3,
    gamma: 1,
    lambda: 0.95,
    clipEpsilon: 0.2,
    entropyCoefficient: 0.005,
    valueCoefficient: 0.5,
    maxGradientNorm: 1,
    reward: "step",
  },
  evaluation: { episodes: 200, everyUpdates: 10 },
};

/** The ready-made configurations. */
export const PRESETS: Readonly<Record<PresetName, TrainConfiguration>> = {
  desk: DESK,
  spark: {
    ...DESK,
    preset: "spark",
    environment: "lock",
    out: "runs/spark-7",
    policy: { kind: "linear", bits: 16 },
    warmStart: { ...DESK.warmStart, episodes: 0 },
  },
  intents: {
    ...DESK,
    preset: "intents",
    environment: "intents",
    out: "runs/intents-7",
    policy: { kind: "linear", bits: 20 },
    warmStart: { ...DESK.warmStart, episodes: 0 },
  },
  scan: { ...DESK, preset: "scan", environment: "scan", out: "runs/scan-7" },
};
