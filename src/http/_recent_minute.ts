import type { Percentiles } from "./status_report.ts";

/** How many and how long, over the last minute, in memory that never grows. */
export interface RecentMinute {
  /** Counts something that happened. */
  count(nowMs: number, many: number): void;
  /** Notes how long something took, in milliseconds. */
  took(nowMs: number, ms: number): void;
  /** How many a second; over the time since the beginning where that is less than a minute. */
  perSecond(nowMs: number): number;
  /** Upper bounds of how long, at most 1/8 above the true ones. */
  percentiles(nowMs: number): Percentiles;
}

const SECONDS = 60;
/** Edges rise by a factor of 2^(1/6) from 10 µs, so the last is far above any deadline. */
const EDGES_PER_DOUBLING = 6;
const EDGES = 144;
const SHORTEST_MS = 0.01;

/** One second: the last one that its place in the ring was used for. */
interface Second {
  at: number;
  count: number;
  readonly lengths: Uint32Array;
}

/** A minute that begins at `startedMs` of a clock that never goes back; all times are its milliseconds. */
export function createRecentMinute(startedMs: number): RecentMinute {
  const ring: Second[] = Array.from({ length: SECONDS }, () => ({ at: -1, count: 0, lengths: new Uint32Array(EDGES) }));
  const second = (nowMs: number): Second => {
    const at = Math.floor(nowMs / 1000);
    const place = ring[at % SECONDS];
    if (place.at !== at) {
      place.at = at;
      place.count = 0;
      place.lengths.fill(0);
    }
    return place;
  };
  const recent = (nowMs: number): Second[] =>
    ring.filter(({ at }) => at >= 0 && at > Math.floor(nowMs / 1000) - SECONDS);
  return {
    count: (nowMs, many) => {
      second(nowMs).count += many;
    },
    took: (nowMs, ms) => {
      const edge = Math.ceil(EDGES_PER_DOUBLING * Math.log2(Math.max(ms, SHORTEST_MS) / SHORTEST_MS));
      second(nowMs).lengths[Math.min(EDGES - 1, edge)]++;
    },
    perSecond: (nowMs) => {
      const count = recent(nowMs).reduce((sum, { count }) => sum + count, 0);
      return count / Math.min(SECONDS, Math.max(1, (nowMs - startedMs) / 1000));
    },
    percentiles: (nowMs) => {
      const sums = new Uint32Array(EDGES);
      for (const { lengths } of recent(nowMs)) lengths.forEach((count, edge) => sums[edge] += count);
      return { p50: quantile(sums, 0.5), p99: quantile(sums, 0.99) };
    },
  };
}

function quantile(counts: Uint32Array, share: number): number {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return 0;
  let seen = 0;
  const edge = counts.findIndex((count) => (seen += count) >= share * all);
  return SHORTEST_MS * 2 ** (edge / EDGES_PER_DOUBLING);
}
