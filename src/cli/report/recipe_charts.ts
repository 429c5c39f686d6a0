import type { ArmOutcome, CellRecord, ClaimOutcome } from "../../recipe/mod.ts";
import { escapeHtml } from "./escape_html.ts";
import { linearScale, pathThrough } from "./scale.ts";

/** Colors of arms, by their place in the recipe. */
export const RECIPE_STYLE = `
:root{--arm0:#7b7f86;--arm1:#d08a1d;--arm2:#167a6b;--arm3:#3a6fb0;--arm4:#a0487f;--arm5:#7a6a1f;--arm6:#c2493d;--arm7:#5b4bb5}
${
  [0, 1, 2, 3, 4, 5, 6, 7].map((arm) =>
    `svg .arm${arm}{stroke:var(--arm${arm})}svg circle.arm${arm}{fill:var(--arm${arm})}i.arm${arm}{background:var(--arm${arm})}`
  ).join("\n")
}
svg circle{fill-opacity:.65;stroke-width:0}.seed{stroke-width:1;opacity:.25;fill:none}.mean{stroke-width:2.5;fill:none}
i.key{display:inline-block;width:10px;height:10px;border-radius:5px;margin-right:7px}
.interval{stroke:var(--learned);stroke-width:6;opacity:.35}.threshold{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:4 4}
.claim{margin-bottom:14px}.card+section.plain{margin-top:14px;overflow-x:auto}.claim circle{fill:var(--learned)}.zero{stroke:var(--line)}
h1 em.fails,.pill.fails{color:var(--bad)}h1 em.open,.pill.open{color:var(--warm-text)}.pill.holds{color:var(--good)}
th{text-align:left;font-weight:600;padding:4px 12px 4px 0;color:var(--faint)}td{padding-right:12px!important;text-align:left!important}`;

const [WIDTH, LEFT, RIGHT] = [960, 130, 30];

/** Paired differences of a claim, their interval and the threshold. */
export function claimSvg({ differences, interval, atLeast, figure, sentence }: ClaimOutcome): string {
  const all = [...differences, ...(interval ?? []), atLeast, 0].filter(Number.isFinite);
  const x = linearScale(padded(all), [LEFT, WIDTH - RIGHT]);
  const label = (value: number, y: number): string =>
    `<text class="tick" x="${x(value)}" y="${y}" text-anchor="middle">${value.toFixed(2)}</text>`;
  return `<svg viewBox="0 0 ${WIDTH} 78" role="img" aria-label="${escapeHtml(sentence)}">` +
    `<path class="zero" d="M${x(0)} 8V58"/><path class="threshold" d="M${x(atLeast)} 8V58"/>` +
    (interval ? `<path class="interval" d="M${x(interval[0])} 40H${x(interval[1])}"/>` : "") +
    `<path class="mean arm2" d="M${x(figure)} 30V50"/>` +
    differences.map((difference) => `<circle cx="${x(difference)}" cy="22" r="5"/>`).join("") +
    (atLeast !== 0 && Math.abs(x(atLeast) - x(0)) < 36 ? "" : label(0, 74)) +
    (atLeast === 0 ? "" : label(atLeast, 74)) + `</svg>`;
}

/** The metric of every arm on every seed. */
export function seedDotsSvg(arms: readonly ArmOutcome[]): string {
  const [row, top] = [34, 14];
  const height = top + arms.length * row + 26;
  const { range, ticks } = axisOf(arms.flatMap(({ values }) => values));
  const x = linearScale(range, [LEFT, WIDTH - RIGHT]);
  const grid = ticks.map((tick) =>
    `<path class="grid" d="M${x(tick)} ${top}V${height - 24}"/><text class="tick" x="${x(tick)}" y="${
      height - 8
    }" text-anchor="middle">${tick.toFixed(2)}</text>`
  );
  const rows = arms.map(({ name, values }, index) => {
    const y = top + row * index + row / 2;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return `<text class="label" x="${LEFT - 12}" y="${y + 4}" text-anchor="end">${escapeHtml(name)}</text>` +
      values.map((value) => `<circle class="arm${index}" cx="${x(value)}" cy="${y}" r="5"/>`).join("") +
      `<path class="mean arm${index}" d="M${x(mean)} ${y - 12}V${y + 12}"/>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Every arm on every seed">${grid.join("")}${
    rows.join("")
  }</svg>`;
}

/** The curves of all arms: one thin line a seed, a strong one for the mean. */
export function armCurvesSvg(cells: readonly CellRecord[], arms: readonly string[], metric: string): string {
  const points = cells.flatMap(({ curve }) => curve.filter(({ measures }) => Number.isFinite(measures[metric])));
  if (points.length === 0) {
    return `<svg viewBox="0 0 ${WIDTH} 48"><text class="label" x="16" y="30">No points.</text></svg>`;
  }
  const [height, top, bottom] = [320, 16, 292];
  const { range, ticks } = axisOf(points.map(({ measures }) => measures[metric]));
  const x = linearScale([0, Math.max(...points.map(({ spent }) => spent), 1)], [48, WIDTH - RIGHT]);
  const y = linearScale(range, [bottom, top]);
  const grid = ticks.map((tick) =>
    `<path class="grid" d="M48 ${y(tick)}H${WIDTH - RIGHT}"/><text class="tick" x="40" y="${
      y(tick) + 4
    }" text-anchor="end">${tick.toFixed(range[1] < 20 ? 2 : 0)}</text>`
  );
  const lines = arms.map((arm, index) => {
    const curves = cells.filter((cell) => cell.arm === arm).map(({ curve }) =>
      curve.map(({ spent, measures }): readonly [number, number] => [x(spent), y(measures[metric])])
    );
    const thin = curves.map((curve) => `<path class="seed arm${index}" d="${pathThrough(curve)}"/>`);
    return `${thin.join("")}<path class="mean arm${index}" d="${pathThrough(meanCurve(curves))}"/>`;
  });
  const apart = Math.min(140, (WIDTH - 60) / arms.length);
  const legend = arms.map((arm, index) =>
    `<circle class="arm${index}" cx="${60 + index * apart}" cy="${height - 10}" r="5"/><text class="label" x="${
      70 + index * apart
    }" y="${height - 6}">${escapeHtml(arm)}</text>`
  );
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(metric)} while learning">${
    grid.join("")
  }${lines.join("")}${legend.join("")}</svg>`;
}

/** Point by point, as far as the shortest goes: seeds measure at the same places. */
function meanCurve(curves: readonly (readonly (readonly [number, number])[])[]): (readonly [number, number])[] {
  const length = curves.length === 0 ? 0 : Math.min(...curves.map((curve) => curve.length));
  return Array.from({ length }, (_, at) => {
    const mean = (axis: 0 | 1): number => curves.reduce((sum, curve) => sum + curve[at][axis], 0) / curves.length;
    return [Math.round(mean(0) * 10) / 10, Math.round(mean(1) * 10) / 10];
  });
}

/** Shares have the whole of 0 to 1; other measures what they need. */
function axisOf(values: readonly number[]): { readonly range: readonly [number, number]; readonly ticks: number[] } {
  const shares = values.every((value) => value >= 0 && value <= 1);
  const [low, high] = shares ? [0, 1] : padded(values);
  const pad = shares ? 0.02 : 0;
  return {
    range: [low - pad, high + pad],
    ticks: [0, 0.25, 0.5, 0.75, 1].map((share) => low + share * (high - low)),
  };
}

/** From the least to the most, with room at both ends. */
function padded(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const pad = (high - low) * 0.06 || 0.1;
  return [low - pad, high + pad];
}
