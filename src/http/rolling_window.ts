/** What happened in the last minute, second by second: how often, and how long it took. */
export interface RollingWindow {
  /** @param at Milliseconds of a clock that never goes back. @param milliseconds How long it took. @param count How many. */
  add(at: number, milliseconds: number, count?: number): void;
  /** Mean number a second over the last ten whole seconds. */
  perSecond(at: number): number;
  /** Milliseconds that a share of the last minute stayed under; 0 when there was nothing. */
  percentile(at: number, share: number): number;
}

const SECONDS = 60;
const RATE_SECONDS = 10;
const BINS = 128;
const SMALLEST_MS = 0.02;
const GROWTH = Math.log(1.12);

interface Slot {
  second: number;
  count: number;
  readonly bins: Uint32Array;
}

/** Makes an empty one; its size never changes. */
export function rollingWindow(): RollingWindow {
  const slots: Slot[] = Array.from({ length: SECONDS }, () => ({ second: -1, count: 0, bins: new Uint32Array(BINS) }));
  const recent = (at: number, seconds: number): Slot[] => {
    const now = Math.floor(at / 1000);
    return slots.filter(({ second }) => second >= 0 && second < now && second >= now - seconds);
  };
  return {
    add(at, milliseconds, count = 1): void {
      const second = Math.floor(at / 1000);
      const slot = slots[second % SECONDS];
      if (slot.second !== second) {
        slot.second = second;
        slot.count = 0;
        slot.bins.fill(0);
      }
      slot.count += count;
      const bin = Math.ceil(Math.log(Math.max(SMALLEST_MS, milliseconds) / SMALLEST_MS) / GROWTH);
      slot.bins[Math.min(BINS - 1, bin)]++;
    },
    perSecond: (at) => recent(at, RATE_SECONDS).reduce((sum, { count }) => sum + count, 0) / RATE_SECONDS,
    percentile(at, share): number {
      const total = new Uint32Array(BINS);
      for (const { bins } of recent(at, SECONDS)) bins.forEach((count, bin) => total[bin] += count);
      let left = share * total.reduce((sum, count) => sum + count, 0);
      if (left === 0) return 0;
      for (let bin = 0; bin < BINS; bin++) {
        left -= total[bin];
        if (left <= 0) return SMALLEST_MS * Math.exp(bin * GROWTH);
      }
      return SMALLEST_MS * Math.exp((BINS - 1) * GROWTH);
    },
  };
}
