import type { TrainingEvent } from "../../learning/mod.ts";
import { figure, metricName } from "../progress/format.ts";
import type { EventOf } from "../progress/progress.ts";
import { escapeHtml } from "./escape_html.ts";
import { linearScale, pathThrough, thin } from "./scale.ts";

/** What the known metrics are called, in the order they are read. Others follow under their own names. */
const TITLES: Readonly<Record<string, string>> = {
  meanReturn: "Return while acting",
  success: "Success while acting",
  entropy: "Entropy, nats",
  klK3: "KL divergence, nats",
  gradientNorm: "Gradient norm",
  clipFraction: "Clipped share",
  importanceRatioMax: "Largest ratio",
  loss: "Loss",
  imitationLoss: "Imitation loss, nats a token",
  policyLoss: "Policy loss",
  valueLoss: "Value loss",
  klK1: "KL divergence, plain estimate",
  learningRate: "Learning rate",
  staleness: "Staleness, updates",
  tokensPerSecond: "Tokens per second",
};

type Point = readonly [seconds: number, value: number];

/** One small picture for each metric that the updates told. */
export function metricCharts(events: readonly TrainingEvent[]): string {
  const updates = events.filter((event): event is EventOf<"update"> => event.event === "update");
  const told = new Set(updates.flatMap(({ metrics }) => Object.keys(metrics)));
  const keys = [...Object.keys(TITLES).filter((key) => told.has(key)), ...[...told].filter((key) => !(key in TITLES))];
  const seconds = Math.max(1, ...updates.map((update) => update.seconds));
  return keys.map((key) => chart(key, updates, seconds)).join("\n");
}

function chart(key: string, updates: readonly EventOf<"update">[], seconds: number): string {
  const [width, height] = [280, 96];
  const lines = (["warm start", "reinforcement"] as const).map((phase) => ({
    style: phase === "warm start" ? "warm" : "learned",
    points: thin(
      updates.filter((update) => update.phase === phase && Number.isFinite(update.metrics[key]))
        .map((update): Point => [update.seconds, update.metrics[key]]),
      160,
    ),
  })).filter(({ points }) => points.length > 0);
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value));
  const title = TITLES[key] ?? metricName(key);
  const heading = (last: string): string =>
    `<figcaption><span>${escapeHtml(title)}</span><b>${escapeHtml(last)}</b></figcaption>`;
  if (values.length === 0) return `<figure>${heading("never finite")}</figure>`;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const pad = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  const x = linearScale([0, seconds], [2, width - 2]);
  const y = linearScale([low - pad, high + pad], [height - 2, 2]);
  const curves = lines.map(({ style, points }) =>
    points.length === 1
      ? `<circle class="dot ${style}" cx="${x(points[0][0])}" cy="${y(points[0][1])}" r="3"/>`
      : `<path class="curve ${style}" d="${pathThrough(points.map(([at, value]) => [x(at), y(value)]))}"/>`
  ).join("");
  const range = `from ${figure(low)} to ${figure(high)}`;
  return `<figure>${heading(figure(values[values.length - 1]))}
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(`${title}: ${range}`)}"><title>${
    escapeHtml(range)
  }</title><path class="grid" d="M0 ${height - 0.5}H${width}"/>${curves}</svg>
<p class="range"><span>${figure(low)}</span><span>${figure(high)}</span></p></figure>`;
}
