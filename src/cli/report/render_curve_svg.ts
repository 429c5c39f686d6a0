import type { TrainingEvent } from "../../learning/mod.ts";
import { CHART_STYLE, PALETTE } from "./chart_style.ts";
import { curveSvg } from "./curve_svg.ts";
import { escapeHtml } from "./escape_html.ts";

/**
 * A run's success curve as a picture of its own, for a README: by day and by night, with its title.
 *
 * @param events All events of a run.
 * @returns A whole SVG document.
 */
export function renderCurveSvg(events: readonly TrainingEvent[]): string {
  const [width, height] = [840, 320];
  const start = events.find((event) => event.event === "start");
  const title = start
    ? `${start.preset}, seed ${start.seed}: ${
      start.parameters > 0 ? `${start.parameters.toLocaleString("en-US")} parameters, ` : ""
    }trained from nothing`
    : "Training";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height + 52}" width="${width}" height="${
    height + 52
  }" role="img" aria-label="${escapeHtml(`${title}: success on held-out tasks over time`)}">
<style>svg{${PALETTE.light};font-family:system-ui,-apple-system,"Segoe UI",sans-serif}
@media (prefers-color-scheme:dark){svg{${PALETTE.dark}}}
.ground{fill:var(--ground);stroke:var(--line)}.title{fill:var(--ink);font-size:15px;font-weight:650}.sub{fill:var(--soft);font-size:12px}${CHART_STYLE}</style>
<rect class="ground" x=".5" y=".5" width="${width - 1}" height="${height + 51}" rx="12"/>
<text class="title" x="20" y="30">${escapeHtml(title)}</text>
<text class="sub" x="20" y="48">success on held-out tasks, over minutes and seconds</text>
<g transform="translate(4 52)">${curveSvg(events, { width: width - 8, height })}</g>
</svg>
`;
}
