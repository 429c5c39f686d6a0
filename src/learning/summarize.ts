import type { PlayedShard } from "./replica.ts";

/** Share solved and mean sum of rewards over all episodes of a batch. */
export function summarize(played: readonly PlayedShard[]): { success: number; meanReturn: number } {
  const episodes = played.reduce((count, { steps }) => count + steps.length, 0);
  return {
    success: sumOf(played, ({ success }) => success) / Math.max(episodes, 1),
    meanReturn: sumOf(played, ({ rewards }) => rewards) / Math.max(episodes, 1),
  };
}

/** Sum of a column over all shards, in order. */
export function sumOf(played: readonly PlayedShard[], column: (shard: PlayedShard) => Iterable<number>): number {
  let sum = 0;
  for (const shard of played) for (const x of column(shard)) sum += x;
  return sum;
}
