import { brailleCurve } from "./braille_curve.ts";
import { clock, figure, metricName, plainText } from "./format.ts";
import { fitLine, type Paint } from "./paint.ts";
import { currentPhase, type Progress, secondsLeft } from "./progress.ts";

/** How much room there is, and what time it is. */
export interface LiveOptions {
  readonly columns: number;
  readonly rows: number;
  /** Seconds since the run began. */
  readonly elapsed: number;
  readonly paint: Paint;
  /** A word to the user, shown below. */
  readonly note?: string;
}

/** What the terminal shows while a run goes on: never wider than `columns`, never higher than `rows`. */
export function liveLines(progress: Progress, options: LiveOptions): string[] {
  const width = Math.min(options.columns, 88);
  const roomForCurve = width >= 40 && options.rows >= 16;
  const lines = [
    ...headline(progress, options),
    ...phaseLines(progress, width, options),
    ...(roomForCurve ? ["", ...curveLines(progress, width, options), ""] : []),
    ...figureLines(progress, options),
    ...(options.note ? [options.paint.yellow(plainText(options.note))] : []),
  ];
  return lines.slice(0, Math.max(1, options.rows - 1)).map((line) => fitLine(line, width));
}

function headline({ start }: Progress, { paint }: LiveOptions): string[] {
  if (!start) return [paint.dim("Starting …")];
  const facts = [
    `seed ${start.seed}`,
    ...(start.parameters > 0 ? [`${start.parameters.toLocaleString("en-US")} parameters`] : []),
    `${start.workers} worker${start.workers === 1 ? "" : "s"}`,
    start.instructionSet,
  ];
  return [`${paint.bold(plainText(start.preset))} ${paint.dim(plainText(facts.join(" · ")))}`, ""];
}

/** One bar a phase: `reinforcement ━━━━━━━━╸─────  42 %  25/60`. */
function phaseLines(progress: Progress, width: number, { paint }: LiveOptions): string[] {
  const phases = (progress.start?.phases ?? []).filter(({ updates }) => updates > 0);
  const current = currentPhase(progress);
  const names = Math.max(0, ...phases.map(({ name }) => name.length));
  return phases.map(({ name, updates }) => {
    const update = progress.updates[name]?.update ?? 0;
    const share = updates === 0 ? 1 : Math.min(1, update / updates);
    const tail = ` ${String(Math.floor(share * 100)).padStart(3)} %  ${update}/${updates}`;
    const room = Math.min(40, width - names - tail.length - 2);
    const label = name.padEnd(names);
    if (room < 4) return `${label}${tail}`;
    const full = Math.floor(share * room);
    const bar = paint.green("━".repeat(full)) + paint.dim("─".repeat(room - full));
    return `${name === current ? paint.bold(label) : paint.dim(label)} ${bar}${tail}`;
  });
}

/** Success on held-out tasks over time: yellow while imitating, green while learning from own acts. */
function curveLines(progress: Progress, width: number, { elapsed, paint }: LiveOptions): string[] {
  const [columns, rows] = [width - 6, 5];
  const span = Math.max(elapsed, progress.seconds, 1);
  const points = progress.evaluations.map(({ seconds, success }) => ({ x: seconds / span, y: success }));
  const warm = progress.evaluations.findLast(({ phase }) => phase !== "reinforcement")?.seconds ?? 0;
  const border = Math.round(warm / span * columns);
  const title = paint.dim("success on held-out tasks");
  return [
    title,
    ...brailleCurve(points, columns, rows).map((row, index) => {
      const scale = index === 0 ? "1.0" : index === rows - 1 ? "0.0" : "   ";
      return `${paint.dim(`${scale} │`)} ${paint.yellow(row.slice(0, border))}${paint.green(row.slice(border))}`;
    }),
  ];
}

/** What stands first where not everything fits. */
const FIRST: readonly string[] = [
  "loss",
  "klK3",
  "entropy",
  "clipFraction",
  "importanceRatioMax",
  "gradientNorm",
  "staleness",
];

function figureLines(progress: Progress, options: LiveOptions): string[] {
  const { elapsed, paint } = options;
  const latest = progress.evaluations.at(-1);
  const phase = currentPhase(progress);
  const metrics = (phase && progress.updates[phase]?.metrics) || {};
  const { tokensPerSecond, ...others } = metrics;
  const told = [...FIRST.filter((key) => key in others), ...Object.keys(others).filter((key) => !FIRST.includes(key))];
  const width = Math.min(options.columns, 88);
  const learned = told.map((key) => `${metricName(key)} ${figure(others[key])}`);
  const left = phase && secondsLeft(progress, phase, elapsed);
  const last = phase === progress.start?.phases.at(-1)?.name;
  const pace = [
    ...(tokensPerSecond === undefined ? [] : [`${figure(tokensPerSecond)} tokens/s`]),
    `elapsed ${clock(elapsed)}`,
    ...(typeof left === "number" ? [`${clock(left)} left${last ? "" : ` in ${phase}`}`] : []),
  ];
  return [
    ...(latest
      ? [`success ${paint.bold(latest.success.toFixed(2))} ${paint.dim(`over ${latest.episodes} episodes`)}`]
      : []),
    ...(learned.length ? [plainText(asManyAsFit(learned, width))] : []),
    paint.dim(pace.join(" · ")),
  ];
}

/** Whole figures, the first ones first; the very first may be cut. */
function asManyAsFit(figures: readonly string[], width: number): string {
  let line = figures[0];
  for (const next of figures.slice(1)) {
    if (line.length + 3 + next.length > width) break;
    line += ` · ${next}`;
  }
  return line;
}
