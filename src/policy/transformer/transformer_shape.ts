import type { ModelConfig } from "../checkpoint/mod.ts";

/** Shape of a small agent's model: about 0.14 million parameters beside its vocabulary. */
export const SMALL_TRANSFORMER = {
  hiddenSize: 64,
  layers: 3,
  heads: 4,
  keyValueHeads: 2,
  headDimension: 16,
  intermediateSize: 176,
  maximumPositions: 1024,
  ropeTheta: 10_000,
  normEpsilon: 1e-6,
  tied: true,
} as const satisfies Omit<ModelConfig, "vocabularySize">;
