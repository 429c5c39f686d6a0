/** How a learning rate changes over the updates. Lengths are in updates. */
export type LearningRateSchedule =
  | { readonly kind: "constant"; readonly warmup: number }
  | { readonly kind: "linear"; readonly warmup: number; readonly total: number }
  | {
    readonly kind: "cosine";
    readonly warmup: number;
    readonly total: number;
    /** What the cosine falls to. Default 0. */
    readonly end?: number;
    /** Where the warm-up starts. Default 0. */
    readonly start?: number;
    /** After `total`: rest at `end` (default), or go on with the wave as Hugging Face does. */
    readonly after?: "rest" | "wave";
  }
  | { readonly kind: "inverse-square-root"; readonly warmup: number; readonly timescale?: number }
  | {
    readonly kind: "warmup-stable-decay";
    readonly warmup: number;
    readonly stable: number;
    readonly decay: number;
    /** Where the warm-up starts and the decay ends. Default 0. */
    readonly least?: number;
    /** Default `cosine`. */
    readonly shape?: "linear" | "cosine" | "1-sqrt";
  };

/**
 * Share of the learning rate that an update uses.
 *
 * ```text
 * warm-up               start + (1 − start)·s/warmup                                   for s < warmup
 * linear                (total − s)/(total − warmup), 0 after
 * cosine                end + (1 − end)·½(1 + cos πx)      x = (s − warmup)/(total − warmup)
 * inverse-square-root   √(timescale/(s − warmup + timescale))
 * warmup-stable-decay   1 for `stable` updates, then least + (1 − least)·f(x), f: 1 − x | ½(1 + cos πx) | 1 − √x,
 *                       x = (s − warmup − stable)/decay, then least
 * ```
 *
 * | Symbol | Unit | Meaning |
 * | --- | --- | --- |
 * | `update` s | updates | how many were made before this one, from 0 |
 * | `warmup`, `total`, `stable`, `decay`, `timescale` | updates | lengths; the timescale is the warm-up's, at least 1 |
 * | `start`, `end`, `least` | 1 | shares of the learning rate |
 *
 * @throws {RangeError} If `update` or a length is negative or not a number.
 * @see Loshchilov & Hutter, arXiv 1608.03983, equation 5 (cosine); Vaswani et al., arXiv 1706.03762, equation 3 (inverse
 * square root); Hu et al., arXiv 2404.06395, section 4 (warmup-stable-decay); Hägele et al., arXiv 2405.18392, section 3
 * (1 − √x).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { learningRateFactor } from "@eddy/eddy";
 * const schedule = { kind: "linear", warmup: 2, total: 6 } as const;
 * const factors = [0, 1, 2, 4, 6].map((update) => learningRateFactor(update, schedule));
 * assert.deepEqual(factors, [0, 0.5, 1, 0.5, 0]);
 * ```
 */
export function learningRateFactor(update: number, schedule: LearningRateSchedule): number {
  for (const [name, value] of Object.entries({ update, ...schedule })) {
    if (typeof value === "number" && !(value >= 0)) {
      throw new RangeError(`Cannot compute a learning rate: '${name}' is ${value}, expected at least 0`);
    }
  }
  if (update < schedule.warmup) return between(warmupStart(schedule), 1, update / schedule.warmup);
  const since = update - schedule.warmup;
  switch (schedule.kind) {
    case "constant":
      return 1;
    case "linear":
      return Math.max(0, (schedule.total - update) / Math.max(1, schedule.total - schedule.warmup));
    case "cosine": {
      const x = since / Math.max(1, schedule.total - schedule.warmup);
      return between(schedule.end ?? 0, 1, half(schedule.after === "wave" ? x : Math.min(1, x)));
    }
    case "inverse-square-root": {
      const timescale = schedule.timescale ?? Math.max(1, schedule.warmup);
      return Math.sqrt(timescale / (since + timescale));
    }
    case "warmup-stable-decay": {
      if (since < schedule.stable) return 1;
      const x = (since - schedule.stable) / Math.max(1, schedule.decay);
      return between(schedule.least ?? 0, 1, since < schedule.stable + schedule.decay ? fall(x, schedule.shape) : 0);
    }
  }
}

function warmupStart(schedule: LearningRateSchedule): number {
  if (schedule.kind === "cosine") return schedule.start ?? 0;
  return schedule.kind === "warmup-stable-decay" ? schedule.least ?? 0 : 0;
}

function between(low: number, high: number, share: number): number {
  return low + (high - low) * share;
}

function half(x: number): number {
  return 0.5 * (1 + Math.cos(Math.PI * x));
}

function fall(x: number, shape: "linear" | "cosine" | "1-sqrt" = "cosine"): number {
  return { "linear": 1 - x, "cosine": half(x), "1-sqrt": 1 - Math.sqrt(x) }[shape];
}
