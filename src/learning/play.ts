import type { Crew } from "./crew.ts";
import type { PlayedShard, ShardEpisodes } from "./replica.ts";

/** Which episodes a batch holds. */
export interface Batch {
  readonly actor: "policy" | "expert";
  readonly split: "train" | "validation" | "test";
  /** Number of its first episode; task seeds and random streams follow from it. */
  readonly first: number;
  readonly episodes: number;
  /** Parts that it is cut into; part `i` belongs to replica `i mod size`. */
  readonly shards: number;
  readonly temperature?: number;
  readonly keep?: boolean;
  readonly report?: boolean;
}

/** Plays a batch over all replicas; shards come back in order. */
export async function play(crew: Crew, seed: number, batch: Batch): Promise<PlayedShard[]> {
  const { shards } = batch;
  const assigned = Array.from({ length: crew.size }, (): ShardEpisodes[] => []);
  for (let shard = 0; shard < shards; shard++) {
    const from = Math.floor((shard * batch.episodes) / shards);
    const to = Math.floor(((shard + 1) * batch.episodes) / shards);
    const numbers = Array.from({ length: to - from }, (_, index) => batch.first + from + index);
    assigned[shard % crew.size].push({ shard, seeds: numbers, streams: numbers });
  }
  const played = await crew.call(
    "play",
    assigned.map((shards) => ({
      shards,
      actor: batch.actor,
      split: batch.split,
      seed,
      sampling: { temperature: batch.temperature ?? 1 },
      keep: batch.keep ?? false,
      report: batch.report,
    })),
  );
  return played.flat().sort((a, b) => a.shard - b.shard);
}
