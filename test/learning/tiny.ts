import { PRESETS, type TrainConfiguration } from "../../src/learning/mod.ts";

/** The service desk's whole loop, small enough for a test: both phases, two minibatches, two epochs. */
export function tinyDesk(out: string, changes: Partial<TrainConfiguration> = {}): TrainConfiguration {
  const { desk } = PRESETS;
  return {
    ...desk,
    policy: {
      ...desk.policy,
      kind: "transformer",
      vocabularySize: 600,
      hiddenSize: 16,
      layers: 1,
      heads: 2,
      keyValueHeads: 1,
      headDimension: 8,
      intermediateSize: 32,
      maximumPositions: 512,
    },
    warmStart: { ...desk.warmStart, updates: 4, episodesPerUpdate: 4, shards: 2 },
    reinforcement: { ...desk.reinforcement, updates: 4, episodesPerUpdate: 8, shards: 4 },
    evaluation: { episodes: 4, finalEpisodes: 8, points: 2, temperature: 0 },
    workers: 0,
    checkpointEvery: 3,
    out,
    ...changes,
  };
}
