import type { JudgedAnswer } from "./drive_traffic.ts";

/** Answers that "lately" means. */
const RECENT = 500;
/** Parts that the curve is drawn from. */
const PARTS = 60;

/** What a demonstration's traffic has come to; every figure is measured, over the last answers where it says so. */
export interface DemoRecord {
  add(answer: JudgedAnswer): void;
  readonly judged: number;
  readonly right: number;
  recent(): { readonly share: number; readonly count: number };
  /** Share of right answers in at most {@linkcode PARTS} equal parts. */
  curve(): number[];
  /** Milliseconds, over the last answers. */
  decisionMs(): { readonly p50: number; readonly p99: number };
  feedbackMs(): { readonly p50: number; readonly p99: number };
}

/** @param total Judged answers that are expected: decides how wide the parts of the curve are. */
export function demoRecord(total: number): DemoRecord {
  const size = Math.max(1, Math.ceil(total / PARTS));
  const parts: { right: number; count: number }[] = [];
  const recent: JudgedAnswer[] = [];
  let [judged, right, recentRight] = [0, 0, 0];
  const percentiles = (pick: (answer: JudgedAnswer) => number): { p50: number; p99: number } => {
    const sorted = recent.map(pick).sort((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return { p50: at(0.5), p99: at(0.99) };
  };
  return {
    add(answer): void {
      const part = parts[Math.floor(judged / size)] ??= { right: 0, count: 0 };
      part.count++;
      judged++;
      recent.push(answer);
      if (answer.right) part.right++, right++, recentRight++;
      if (recent.length > RECENT && recent.shift()!.right) recentRight--;
    },
    get judged(): number {
      return judged;
    },
    get right(): number {
      return right;
    },
    recent: () => ({ share: recentRight / Math.max(1, recent.length), count: recent.length }),
    curve: () => parts.map((part) => part.right / part.count),
    decisionMs: () => percentiles((answer) => answer.decisionMs),
    feedbackMs: () => percentiles((answer) => answer.feedbackMs),
  };
}
