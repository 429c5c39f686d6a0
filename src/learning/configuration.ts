/** Everything that decides what a training run does; two runs with equal configurations give equal weights. */
export interface TrainConfiguration {
  /** What this began from. */
  readonly preset: string;
  /** Name of a world of Eddy's own, or the path of a module whose default export is a `World`. */
  readonly environment: string;
  /** The world's own knobs, passed to `World.create`. */
  readonly environmentOptions: Readonly<Record<string, unknown>>;
  /** Names every random draw of the run. */
  readonly seed: number;
  /** What chooses. */
  readonly policy: LinearShape | TransformerShape;
  /** Imitation of the world's expert before acting; skipped with 0 updates. */
  readonly warmStart: WarmStartConfiguration;
  /** Learning from the policy's own episodes. */
  readonly reinforcement: ReinforcementConfiguration;
  /** How success is measured. */
  readonly evaluation: EvaluationConfiguration;
  /** Web Workers that play and learn; 0 runs in this thread. */
  readonly workers: number;
  /** Updates between checkpoints. */
  readonly checkpointEvery: number;
  /** Folder of the run: checkpoints, events, report. */
  readonly out: string;
}

/** Hashed features of (context, candidate). */
export interface LinearShape {
  /** Tells the shapes apart. */
  readonly kind: "linear";
  /** Size of the weight table is 2 to this power. */
  readonly hashBits: number;
  /** `words` alone, or also pairs of words and parts of words. */
  readonly features: "words" | "all";
}

/** A small causal language model in the Llama layout. */
export interface TransformerShape {
  /** Tells the shapes apart. */
  readonly kind: "transformer";
  /** Largest vocabulary that the tokenizer may learn. */
  readonly vocabularySize: number;
  /** Width of the residual stream. */
  readonly hiddenSize: number;
  /** Transformer blocks. */
  readonly layers: number;
  /** Query heads. */
  readonly heads: number;
  /** Key and value heads. */
  readonly keyValueHeads: number;
  /** Width of one head. */
  readonly headDimension: number;
  /** Inner width of the feed-forward block. */
  readonly intermediateSize: number;
  /** Longest episode, in tokens. */
  readonly maximumPositions: number;
}

/** Imitation of the world's expert. */
export interface WarmStartConfiguration {
  /** Of imitation; 0: none. */
  readonly updates: number;
  /** Fresh demonstrations an update. */
  readonly episodesPerUpdate: number;
  /** Parts that a batch is cut into; their gradients are summed in order, so the result does not depend on `workers`. */
  readonly shards: number;
  /** Of the imitation, at its highest. */
  readonly learningRate: number;
  /** Weight of also predicting what the agent is shown: a model that starts from nothing learns to copy sooner. */
  readonly languageCoefficient: number;
  /** Largest global norm; 0: unclipped. */
  readonly maxGradientNorm: number;
  /** Pull of the weights towards 0. */
  readonly weightDecay: number;
}

/** Step-wise learning from the policy's own episodes. */
export interface ReinforcementConfiguration {
  /** Rounds of acting and learning. */
  readonly updates: number;
  /** Episodes acted in each round. */
  readonly episodesPerUpdate: number;
  /** Parts that a batch is cut into, as in the warm start; a multiple of `minibatches`. */
  readonly shards: number;
  /** Passes over each batch of episodes. */
  readonly epochs: number;
  /** Parts that one pass is cut into, one optimiser step each. */
  readonly minibatches: number;
  /** Of the reinforcement, at its highest. */
  readonly learningRate: number;
  /** Discount of one step. */
  readonly gamma: number;
  /** Mixes n-step advantages: 0 one step, 1 the whole episode. */
  readonly lambda: number;
  /** Lower and upper distance of the importance ratio from 1 where PPO stops pushing. */
  readonly clipEpsilon: number;
  /** Ratios push up to 1 + this. */
  readonly clipEpsilonHigh: number;
  /** Weight of the entropy bonus. */
  readonly entropyCoefficient: number;
  /** Weight of the value loss. */
  readonly valueCoefficient: number;
  /** Largest global norm; 0: unclipped. */
  readonly maxGradientNorm: number;
  /** Pull of the weights towards 0. */
  readonly weightDecay: number;
  /** `step`: each step's own reward; `episode`: their sum, at the end (the ablation). */
  readonly reward: "step" | "episode";
}

/** How success is measured, on held-out tasks. */
export interface EvaluationConfiguration {
  /** Held-out episodes for each point of the curve. */
  readonly episodes: number;
  /** Held-out episodes for the figures at the end, from a split that no curve point sees. */
  readonly finalEpisodes: number;
  /** Points of the curve in each phase, evenly apart. */
  readonly points: number;
  /** 0 takes the most likely action. */
  readonly temperature: number;
}
