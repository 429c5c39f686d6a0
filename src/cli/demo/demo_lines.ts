import type { AgentStatus } from "../../learning/mod.ts";
import { brailleCurve } from "../progress/braille_curve.ts";
import { clock, figure, plainText } from "../progress/format.ts";
import { fitLine, type Paint } from "../progress/paint.ts";

/** Where a demonstration stands. */
export interface DemoProgress {
  readonly title: string;
  readonly address: string;
  /** Judged so far, and in all. */
  readonly judged: number;
  readonly total: number;
  /** Right among all judged so far. */
  readonly right: number;
  /** Share of right choices among the last `recentCount`. */
  readonly recent: number;
  readonly recentCount: number;
  /** Share of right choices in equal parts of the traffic so far. */
  readonly curve: readonly number[];
  /** Accuracy on held-out utterances before anything was judged. */
  readonly before?: number;
  readonly judgedPerSecond: number;
  readonly decisionMs: { readonly p50: number; readonly p99: number };
  readonly seconds: number;
  readonly status?: AgentStatus;
  /** What was published, tried or rolled back last. */
  readonly news: readonly string[];
}

/** What the terminal shows while the demonstration runs: never wider than `columns`, never higher than `rows`. */
export function demoLines(
  progress: DemoProgress,
  { columns, rows, paint }: { readonly columns: number; readonly rows: number; readonly paint: Paint },
): string[] {
  const width = Math.min(columns, 96);
  const { title, address, judged, total, right, recent, recentCount, judgedPerSecond, decisionMs, seconds } = progress;
  const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
  const bar = Math.max(8, Math.min(40, width - 46));
  const full = Math.round(bar * judged / Math.max(1, total));
  const left = judged > 0 && judged < total ? (total - judged) / Math.max(1e-9, judgedPerSecond) : 0;
  const lines = [
    `${paint.bold("Eddy demo")} ${paint.dim(plainText(title))}`,
    `${paint.dim("dashboard")} ${address}`,
    "",
    `${paint.green("━".repeat(full))}${paint.dim("─".repeat(bar - full))} ${judged.toLocaleString("en-US")} of ${
      total.toLocaleString("en-US")
    } judged  ${paint.dim(`${clock(seconds)}${left >= 1 ? `, ${clock(left)} left` : ""}`)}`,
    `right ${paint.bold(recentCount === 0 ? "–" : share(recent))} ${
      paint.dim(
        `of the last ${recentCount.toLocaleString("en-US")} · ${
          share(right / Math.max(1, judged))
        } since the beginning` +
          (progress.before === undefined ? "" : ` · ${share(progress.before)} before`),
      )
    }`,
    ...(rows >= 18 && width >= 40 ? ["", ...curveLines(progress, width, paint), ""] : []),
    paint.dim(
      `${figure(judgedPerSecond)} judged steps/s · decision p50 ${figure(decisionMs.p50)} ms, p99 ${
        figure(decisionMs.p99)
      } ms · all of it on disk`,
    ),
    ...(progress.status ? [plainText(progress.status.health)] : []),
    ...progress.news.slice(-3).map((line) => paint.dim(plainText(line))),
  ];
  return lines.slice(0, Math.max(1, rows - 1)).map((line) => fitLine(line, width));
}

function curveLines({ curve }: DemoProgress, width: number, paint: Paint): string[] {
  const rows = 5;
  const points = curve.map((y, index) => ({ x: (index + 1) / Math.max(1, curve.length), y }));
  return [
    paint.dim("right choices, from the first judgement on"),
    ...brailleCurve(points, width - 6, rows).map((row, index) => {
      const scale = index === 0 ? "1.0" : index === rows - 1 ? "0.0" : "   ";
      return `${paint.dim(`${scale} │`)} ${paint.green(row)}`;
    }),
  ];
}
