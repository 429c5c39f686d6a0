/** Latencies in logarithmic bins of about 2 %: constant memory, however many there are. Milliseconds. */
export interface Latencies {
  add(milliseconds: number): void;
  /** The latency that a share of all stays under. */
  at(share: number): number;
  readonly count: number;
  readonly largest: number;
}

const SMALLEST_MS = 0.01;
const GROWTH = Math.log(1.02);
const BINS = 800;

/** Makes an empty collection. */
export function latencies(): Latencies {
  const bins = new Float64Array(BINS);
  let count = 0;
  let largest = 0;
  return {
    add(milliseconds): void {
      const bin = Math.ceil(Math.log(Math.max(SMALLEST_MS, milliseconds) / SMALLEST_MS) / GROWTH);
      bins[Math.min(BINS - 1, bin)]++;
      count++;
      largest = Math.max(largest, milliseconds);
    },
    at(share): number {
      let left = share * count;
      for (let bin = 0; bin < BINS; bin++) {
        left -= bins[bin];
        if (left <= 0) return Math.min(largest, SMALLEST_MS * Math.exp(bin * GROWTH));
      }
      return largest;
    },
    get count(): number {
      return count;
    },
    get largest(): number {
      return largest;
    },
  };
}
