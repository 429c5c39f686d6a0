import type { TrainingEvent } from "../../learning/mod.ts";
import { clock } from "../progress/format.ts";
import type { EventOf } from "../progress/progress.ts";
import { escapeHtml } from "./escape_html.ts";
import { linearScale, pathThrough, timeTicks } from "./scale.ts";

/** Outer size of a picture, in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

type Evaluation = EventOf<"evaluation">;

/**
 * Success on held-out tasks over time, as the inside of an SVG; the page's or the picture's style colors its classes.
 *
 * @param events All events of a run. @param size Of the SVG it will stand in.
 */
export function curveSvg(events: readonly TrainingEvent[], { width, height }: PictureSize): string {
  const evaluations = events.filter((event): event is Evaluation => event.event === "evaluation");
  if (evaluations.length === 0) return `<text class="label" x="16" y="32">No evaluation yet.</text>`;
  const seconds = Math.max(1, ...events.map((event) => "seconds" in event ? event.seconds : 0));
  const box = { left: 40, right: width - 64, top: 26, bottom: height - 28 };
  const x = linearScale([0, seconds], [box.left, box.right]);
  const y = linearScale([0, 1], [box.bottom, box.top]);
  const border = evaluations.findLast(({ phase }) => phase !== "reinforcement")?.seconds ?? 0;
  return [
    bands(events, border, seconds, x, box),
    [0, 0.25, 0.5, 0.75, 1].map((value) =>
      `<path class="grid" d="M${box.left} ${y(value)}H${box.right}"/>` +
      `<text class="tick" x="${box.left - 8}" y="${y(value) + 4}" text-anchor="end">${value.toFixed(2)}</text>`
    ).join(""),
    timeTicks(seconds, width < 500 ? 4 : 8).map((value) =>
      `<text class="tick" x="${x(value)}" y="${box.bottom + 18}" text-anchor="middle">${
        seconds < 10 ? `${Number(value.toFixed(1))} s` : clock(value)
      }</text>`
    ).join(""),
    events.some(isImitation) ? warmStartLevel(evaluations, x, y, box.right) : "",
    line(evaluations, border, x, y, box.bottom),
    dots(evaluations, x, y),
  ].join("");
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A tinted ground and a name for each phase. */
function bands(
  events: readonly TrainingEvent[],
  border: number,
  seconds: number,
  x: (value: number) => number,
  box: Box,
): string {
  const begins = events.some(isImitation);
  const phases = [
    ...(begins ? [{ name: "warm start", from: 0, to: border, style: "warm" }] : []),
    { name: "reinforcement", from: begins ? border : 0, to: seconds, style: "learned" },
  ];
  return phases.filter(({ from, to }) => to > from).map(({ name, from, to, style }) => {
    const room = x(to) - x(from);
    const label = room < name.length * 7.4 + 12
      ? ""
      : `<text class="phase ${style}" x="${x(from) + 8}" y="${box.top - 9}">${name}</text>`;
    return `<rect class="band ${style}" x="${x(from)}" y="${box.top}" width="${room}" height="${
      box.bottom - box.top
    }"/>${label}`;
  }).join("");
}

function isImitation(event: TrainingEvent): boolean {
  return event.event === "update" && event.phase === "warm start";
}

/** How far imitation alone came. */
function warmStartLevel(
  evaluations: readonly Evaluation[],
  x: (value: number) => number,
  y: (value: number) => number,
  right: number,
): string {
  const last = evaluations.findLast(({ phase }) => phase === "warm start");
  const end = evaluations[evaluations.length - 1];
  if (!last || last === end) return "";
  const label = Math.abs(last.success - end.success) < 0.07
    ? ""
    : `<text class="end warm" x="${right + 10}" y="${y(last.success) + 4}">${last.success.toFixed(2)}</text>`;
  return `<path class="level" d="M${x(last.seconds)} ${y(last.success)}H${right}"/>${label}`;
}

function line(
  evaluations: readonly Evaluation[],
  border: number,
  x: (value: number) => number,
  y: (value: number) => number,
  bottom: number,
): string {
  const parts = [
    { style: "warm", points: evaluations.filter(({ seconds }) => seconds <= border) },
    { style: "learned", points: evaluations.filter(({ seconds }) => seconds >= border) },
  ];
  return parts.filter(({ points }) => points.length > 1).map(({ style, points }) => {
    const path = pathThrough(points.map(({ seconds, success }) => [x(seconds), y(success)]));
    const ends = `L${x(points[points.length - 1].seconds)} ${bottom}L${x(points[0].seconds)} ${bottom}Z`;
    return `<path class="area ${style}" d="${path}${ends}"/><path class="curve ${style}" d="${path}"/>`;
  }).join("");
}

function dots(evaluations: readonly Evaluation[], x: (value: number) => number, y: (value: number) => number): string {
  const end = evaluations[evaluations.length - 1];
  return evaluations.map((evaluation) => {
    const { phase, update, seconds, success, episodes } = evaluation;
    const style = phase === "reinforcement" ? "learned" : "warm";
    const title = `${phase}${phase === "untrained" ? "" : ` ${update}`}, ${clock(seconds)}: ${
      success.toFixed(3)
    } over ${episodes} episodes`;
    const radius = evaluation === end ? 5 : 3;
    const label = evaluation === end
      ? `<text class="end ${style}" x="${x(seconds) + 12}" y="${y(success) + 5}">${success.toFixed(2)}</text>`
      : "";
    return `<circle class="dot ${style}" cx="${x(seconds)}" cy="${y(success)}" r="${radius}"><title>${
      escapeHtml(title)
    }</title></circle>${label}`;
  }).join("");
}
