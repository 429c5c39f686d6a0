import type { TrainConfiguration, TrainingEvent } from "../../learning/mod.ts";
import type { Machine } from "../host.ts";
import { clock } from "../progress/format.ts";
import { curveSvg } from "./curve_svg.ts";
import { episodeCards } from "./episode_cards.ts";
import { escapeHtml } from "./escape_html.ts";
import { metricCharts } from "./metric_charts.ts";
import { PAGE_STYLE } from "./page_style.ts";

/** All that a report is made of. */
export interface ReportContent {
  readonly events: readonly TrainingEvent[];
  readonly configuration: TrainConfiguration;
  /** The command line that makes the same run. */
  readonly command: string;
  readonly machine: Machine;
  /** When it was written, ISO 8601. */
  readonly date: string;
}

/** A run's report: one HTML page that needs nothing else, neither a network nor a script. */
export function reportPage({ events, configuration, command, machine, date }: ReportContent): string {
  const start = events.find((event) => event.event === "start");
  const done = events.findLast((event) => event.event === "done");
  const name = `${configuration.environment}, seed ${configuration.seed}`;
  const imitated = configuration.warmStart.updates > 0;
  const headline = done
    ? `Held-out success: ${percent(imitated ? done.warmStart : done.untrained)} → <em>${percent(done.success)}</em>`
    : `A run that has not ended`;
  const charts = metricCharts(events);
  const episodes = episodeCards(events);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(`Eddy: ${name}`)}</title><style>${PAGE_STYLE}</style></head><body><main>
<header><p class="kind">Eddy training report · ${escapeHtml(name)}</p><h1>${headline}</h1></header>
<ul class="facts">${
    facts([
      ...(done
        ? [
          ["untrained", percent(done.untrained)],
          ...(imitated ? [["warm start", percent(done.warmStart)]] as const : []),
          ["after reinforcement", percent(done.success)],
          ["time", clock(done.seconds)],
          ["updates", whole(done.updates)],
          ["tokens", whole(done.tokens)],
        ] as const
        : []),
      ...(start && start.parameters > 0 ? [["parameters", whole(start.parameters)]] as const : []),
      ...(start ? [["workers", whole(start.workers)]] as const : []),
    ])
  }</ul>
<div class="card"><svg class="wide" viewBox="0 0 960 340" role="img" aria-label="Success on held-out tasks over time">${
    curveSvg(events, { width: 960, height: 340 })
  }</svg><svg class="narrow" viewBox="0 0 360 260" aria-hidden="true">${
    curveSvg(events, { width: 360, height: 260 })
  }</svg></div>
${
    charts &&
    `<h2>While it learned</h2><p class="legend"><span><i></i>warm start</span><span><i class="learned"></i>reinforcement</span></p><div class="grid-of-charts">${charts}</div>`
  }
${
    episodes &&
    `<h2>The same tasks, before and after</h2><p>What it saw, what it did, and what each step was worth: the reward it brought, the return the policy expected, and the advantage it was credited with.</p>${episodes}`
  }
<h2>Do it again</h2><p>Equal configuration, seed and kernels give equal weights, bit for bit, with any number of workers.</p><pre>${
    escapeHtml(command)
  }</pre>
<h2>Configuration</h2><div class="configuration">${configurationTables(configuration)}${
    table("Machine", machineFacts(machine, start?.instructionSet))
  }</div>
<footer>Written by Eddy ${escapeHtml(machine.eddy)}, ${escapeHtml(date.slice(0, 16).replace("T", " "))} UTC.</footer>
</main></body></html>
`;
}

function facts(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, value]) => `<li><b>${escapeHtml(value)}</b>${escapeHtml(name)}</li>`).join("");
}

/** A table for the plain fields, one more for each section. */
function configurationTables(configuration: TrainConfiguration): string {
  const sections = Object.entries(configuration).filter(([, value]) =>
    typeof value === "object" && Object.keys(value).length > 0
  );
  const plain = Object.fromEntries(Object.entries(configuration).filter(([, value]) => typeof value !== "object"));
  return table("Run", plain) + sections.map(([name, section]) => table(name, section as object)).join("");
}

function table(name: string, fields: object): string {
  const rows = Object.entries(fields).map(([key, value]) =>
    `<tr><td>${escapeHtml(words(key))}</td><td>${escapeHtml(value)}</td></tr>`
  );
  const title = words(name);
  return `<section class="plain"><h3>${escapeHtml(title[0].toUpperCase() + title.slice(1))}</h3><table>${
    rows.join("")
  }</table></section>`;
}

function machineFacts({ memoryGiB, ...machine }: Machine, instructionSet = "unknown"): object {
  return { ...machine, memory: `${memoryGiB} GiB`, kernels: instructionSet };
}

function words(key: string): string {
  return key.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function whole(value: number): string {
  return value.toLocaleString("en-US");
}
