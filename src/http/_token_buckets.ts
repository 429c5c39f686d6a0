/** Who asked how much lately: one bucket of tokens for each name, filled at a steady rate. */
export interface TokenBuckets {
  /** Names that are remembered; never more than the limit. */
  readonly size: number;
  /** Takes a token. @param nowMs Of a clock that never goes back. @returns Seconds to wait for one, 0 when it was there. */
  take(name: string, nowMs: number): number;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/**
 * Buckets that hold one second's worth of tokens (at least 1). The names that asked longest ago are forgotten first; that
 * gives them a full bucket, so memory is bounded and nobody waits because of it.
 */
export function createTokenBuckets(perSecond: number, most: number): TokenBuckets {
  const buckets = new Map<string, Bucket>();
  const capacity = Math.max(1, perSecond);
  return {
    get size(): number {
      return buckets.size;
    },
    take(name, nowMs): number {
      const bucket = buckets.get(name) ?? { tokens: capacity, filledAt: nowMs };
      bucket.tokens = Math.min(capacity, bucket.tokens + Math.max(0, nowMs - bucket.filledAt) / 1000 * perSecond);
      bucket.filledAt = nowMs;
      // Maps keep the order of insertion: the first is the one that asked longest ago.
      buckets.delete(name);
      buckets.set(name, bucket);
      if (buckets.size > most) buckets.delete(buckets.keys().next().value!);
      if (bucket.tokens < 1) return (1 - bucket.tokens) / perSecond;
      bucket.tokens--;
      return 0;
    },
  };
}
