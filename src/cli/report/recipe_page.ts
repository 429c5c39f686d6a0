import type { CellRecord, Recipe, RecipeEvent } from "../../recipe/mod.ts";
import type { Machine } from "../host.ts";
import { clock } from "../progress/format.ts";
import { intervalText, settingsText, signedFigure } from "../recipe/figures.ts";
import type { RecipeResult } from "../recipe/recipe_result.ts";
import { escapeHtml } from "./escape_html.ts";
import { PAGE_STYLE } from "./page_style.ts";
import { armCurvesSvg, claimSvg, RECIPE_STYLE, seedDotsSvg } from "./recipe_charts.ts";

/** All that the report of a recipe is made of. */
export interface RecipeReport {
  readonly recipe: Recipe;
  readonly outcome: RecipeResult;
  readonly events: readonly RecipeEvent[];
  readonly machine: Machine;
}

/** A recipe's report: one HTML page that needs nothing else, neither a network nor a script. */
export function recipePage({ recipe, outcome, events, machine }: RecipeReport): string {
  const { name, title, source, verdict, arms, claims, seeds, budget, metric, profile, seconds, date } = outcome;
  const cells = events.flatMap((event): CellRecord[] => event.event === "cell" ? [event.cell] : []);
  const evaluated = cells.filter(({ phase }) => phase === "evaluation");
  const reported = evaluated.flatMap(({ curve }) => curve.flatMap(({ measures }) => Object.keys(measures)));
  const measured = [...new Set([metric, ...reported])];
  const facts = [
    ["verdict", verdict],
    ["profile", profile],
    ["seeds", `${seeds[0]} to ${seeds.at(-1)}`],
    [`${budget.unit} for each arm and seed`, budget.amount.toLocaleString("en-US")],
    ["time", clock(seconds)],
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(`Eddy: recipe ${name}`)}</title><style>${PAGE_STYLE}${RECIPE_STYLE}</style></head><body><main>
<header><p class="kind">Eddy recipe · ${escapeHtml(source)}</p><h1>${escapeHtml(title)}: <em class="${verdict}">${
    verdict === "open" ? "open" : `the claim ${verdict}`
  }</em></h1></header>
<ul class="facts">${
    facts.map(([fact, value]) => `<li><b>${escapeHtml(value)}</b>${escapeHtml(fact)}</li>`).join("")
  }</ul>
<p>${escapeHtml(recipe.setting)}</p>
<h2>Claims</h2><p>Paired differences, one dot a seed; the bar is the 95 % bootstrap interval of their mean, the dashed line the threshold. A claim holds when the whole bar lies at or above it, fails when it lies below, else it is open.</p>
${
    claims.map((claim) =>
      `<figure class="claim"><figcaption><span>${
        escapeHtml(claim.sentence)
      }</span><b><span class="pill ${claim.verdict}">${claim.verdict}</span> ${signedFigure(claim.figure)}, ${
        intervalText(claim.interval)
      }</b></figcaption>${claimSvg(claim)}</figure>`
    ).join("\n")
  }
<h2>Arms</h2><p>${escapeHtml(metric)} at the end, on held-out tasks: one dot a seed, the stroke is the mean.</p>
<div class="card">${seedDotsSvg(arms)}</div>
<section class="plain"><table><tr><th>arm</th><th>role</th><th>what it does</th><th>settings</th>${
    Object.keys(arms[0].means).map((measure) => `<th>${escapeHtml(measure)}</th>`).join("")
  }</tr>${
    arms.map((arm, index) =>
      `<tr><td><i class="key arm${index}"></i>${escapeHtml(arm.name)}</td><td>${arm.role}</td><td>${
        escapeHtml(arm.meaning)
      }</td><td>${escapeHtml(settingsText(arm.settings))}</td>${
        Object.keys(arms[0].means).map((measure) => `<td>${arm.means[measure]?.toFixed(3) ?? "–"}</td>`).join("")
      }</tr>`
    ).join("")
  }</table></section>
<h2>While it learned</h2><p>Each line is one seed, the strong one the mean over seeds, over ${
    escapeHtml(budget.unit)
  } spent.</p>
${
    measured.map((measure) =>
      `<figure><figcaption><span>${escapeHtml(measure)}</span></figcaption>${
        armCurvesSvg(evaluated, arms.map((arm) => arm.name), measure)
      }</figure>`
    ).join("\n")
  }
<h2>Do it again</h2><p>Equal seeds, settings and kernels give equal figures.</p><pre>${
    escapeHtml(outcome.command)
  }</pre>
<footer>Written by Eddy ${escapeHtml(machine.eddy)}, ${escapeHtml(date.slice(0, 16).replace("T", " "))} UTC, on ${
    escapeHtml(machine.processor)
  }, ${escapeHtml(machine.runtime)}.</footer>
</main></body></html>
`;
}
