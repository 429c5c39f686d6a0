import type { TrainConfiguration } from "./configuration.ts";

/** Ready-made configurations. */
export const PRESETS = {
  desk: {
    preset: "desk",
    environment: "desk",
    environmentOptions: {},
    seed: 1,
    policy: {
      kind: "transformer",
      vocabularySize: 900,
      hiddenSize: 64,
      layers: 3,
      heads: 4,
      keyValueHeads: 2,
      headDimension: 16,
      intermediateSize: 176,
      maximumPositions: 512,
    },
    warmStart: { updates: 120, episodesPerUpdate: 32, learningRate: 4e-3, maxGradientNorm: 1, weightDecay: 0 },
    reinforcement: {
      updates: 60,
      episodesPerUpdate: 128,
      epochs: 2,
      minibatches: 2,
      learningRate: 1e-3,
      gamma: 0.95,
      lambda: 0.9,
      clipEpsilon: 0.2,
      clipEpsilonHigh: 0.28,
      entropyCoefficient: 0.01,
      valueCoefficient: 0.5,
      maxGradientNorm: 0.5,
      weightDecay: 0,
      reward: "step",
    },
    evaluation: { episodes: 128, finalEpisodes: 512, everyUpdates: 20, temperature: 0 },
    shards: 8,
    workers: 2,
    checkpointEvery: 50,
    out: "runs/desk",
  },
} as const satisfies Readonly<Record<string, TrainConfiguration>>;
