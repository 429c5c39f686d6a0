/** Waiting times of the last thousand events. */
export interface Latencies {
  /** Takes one, in milliseconds. */
  push(milliseconds: number): void;
  /** Half are not longer than `p50`, 99 of 100 not longer than `p99`; 0 of none. */
  percentiles(): { readonly p50: number; readonly p99: number };
}

const KEPT = 1000;

/** Keeps the last thousand waiting times. */
export function createLatencies(): Latencies {
  const kept = new Float64Array(KEPT);
  let count = 0;
  return {
    push: (milliseconds) => {
      kept[count++ % KEPT] = Math.max(0, milliseconds);
    },
    percentiles: () => {
      const sorted = kept.slice(0, Math.min(count, KEPT)).sort();
      const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
      return { p50: at(0.5), p99: at(0.99) };
    },
  };
}
