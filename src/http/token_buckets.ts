/** Limits how often each client may ask. */
export interface TokenBuckets {
  /** Takes one token of a client. @returns Milliseconds to wait when there is none, else 0. */
  take(client: string, now: number): number;
  /** Clients that are remembered; bounded. */
  readonly size: number;
}

const MOST_CLIENTS = 10_000;

/**
 * @param perSecond Tokens that come in each second; a client may save up two seconds' worth. 0: no limit.
 */
export function tokenBuckets(perSecond: number): TokenBuckets {
  const capacity = Math.max(1, perSecond * 2);
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(client, now): number {
      if (perSecond <= 0) return 0;
      const bucket = buckets.get(client) ?? { tokens: capacity, at: now };
      buckets.delete(client); // and put back as the newest
      bucket.tokens = Math.min(capacity, bucket.tokens + Math.max(0, now - bucket.at) / 1000 * perSecond);
      bucket.at = now;
      const wait = bucket.tokens >= 1 ? 0 : (1 - bucket.tokens) / perSecond * 1000;
      if (wait === 0) bucket.tokens--;
      buckets.set(client, bucket);
      // Who has been silent longest has the fullest bucket: forgetting it changes least.
      if (buckets.size > MOST_CLIENTS) buckets.delete(buckets.keys().next().value!);
      return wait;
    },
    get size(): number {
      return buckets.size;
    },
  };
}
