/** How long to wait between attempts. */
export interface Backoff {
  /** Before the second attempt, at most. Milliseconds. */
  readonly firstMs: number;
  /** Never longer. Milliseconds. */
  readonly longestMs: number;
}

/** From a tenth of a second to five. */
export const DEFAULT_BACKOFF: Backoff = { firstMs: 100, longestMs: 5000 };

/**
 * Milliseconds to wait after `failures` attempts in a row: doubles each time, and is shortened by up to a half by chance, so
 * that edges that lost the centre at one moment do not come back at one moment.
 *
 * ```text
 * min(longest, first · 2^(failures − 1)) · (1 + u) / 2,  u in [0, 1)
 * ```
 */
export function backoffMs(failures: number, random: () => number, { firstMs, longestMs }: Backoff): number {
  return Math.min(longestMs, firstMs * 2 ** Math.max(0, failures - 1)) * (1 + random()) / 2;
}
