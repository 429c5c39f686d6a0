import type { TrainingEvent } from "../../learning/mod.ts";
import type { EventOf } from "../progress/progress.ts";
import { actionHtml } from "./action_html.ts";
import { escapeHtml } from "./escape_html.ts";

type Episode = EventOf<"episode">;
type Step = Episode["steps"][number];

/** Episodes of the same tasks before and after, side by side. */
export function episodeCards(events: readonly TrainingEvent[]): string {
  const episodes = events.filter((event): event is Episode => event.event === "episode");
  const seeds = [...new Set(episodes.map(({ seed }) => seed))];
  const largest = Math.max(
    1e-6,
    ...episodes.flatMap(({ steps }) => steps.map(({ advantage }) => Math.abs(advantage)).filter(Number.isFinite)),
  );
  const sidesOf = (seed: number): Episode[] =>
    (["before", "after"] as const).flatMap((when) =>
      episodes.filter((episode) => episode.seed === seed && episode.when === when).slice(-1)
    );
  // The first task that was learned tells most.
  const learned = seeds.findIndex((seed) => {
    const [before, after] = sidesOf(seed);
    return after?.success && !before.success;
  });
  return seeds.map((seed, index) => {
    const sides = sidesOf(seed);
    const outcome = sides.map(({ when, success }) => `${when}: ${pill(success)}`).join(" ");
    return `<details class="task"${
      index === Math.max(learned, 0) ? " open" : ""
    }><summary><span>Task ${seed}</span> ${outcome}</summary>
<div class="sides">${sides.map((episode) => side(episode, largest)).join("\n")}</div></details>`;
  }).join("\n");
}

function pill(success: boolean): string {
  return `<span class="pill ${success ? "good" : "bad"}">${success ? "✓ solved" : "✗ failed"}</span>`;
}

function side({ when, success, steps }: Episode, largest: number): string {
  const total = steps.reduce((sum, { reward }) => sum + reward, 0);
  return `<section><h3>${when === "before" ? "Before" : "After"} ${pill(success)}<span class="total">return ${
    signed(total)
  }</span></h3>
<ol>${steps.map((step) => stepItem(step, largest)).join("\n")}</ol></section>`;
}

function stepItem({ observation, action, reward, value, advantage }: Step, largest: number): string {
  const text = observation.trim();
  const long = text.length > 420 || text.split("\n").length > 9;
  const shown = `<div class="seen">${escapeHtml(text)}</div>`;
  const first = escapeHtml(text.split("\n")[0].slice(0, 110));
  return `<li>${text === "" ? "" : long ? `<details><summary>${first} …</summary>${shown}</details>` : shown}
<code class="action">${actionHtml(action)}</code>
<p class="numbers"><span class="${reward > 0 ? "good" : reward < 0 ? "bad" : ""}">reward <b>${
    signed(reward)
  }</b></span> <span>value <b>${number(value)}</b></span> <span>advantage <b>${signed(advantage)}</b>${
    advantageBar(advantage, largest)
  }</span></p></li>`;
}

/** A bar from the middle: to the right what was better than expected, to the left what was worse. */
function advantageBar(advantage: number, largest: number): string {
  if (!Number.isFinite(advantage)) return "";
  const width = Math.round(Math.min(1, Math.abs(advantage) / largest) * 32 * 10) / 10;
  const [from, style] = advantage < 0 ? [32 - width, "bad"] : [32, "good"];
  return `<svg class="bar" viewBox="0 0 64 10" aria-hidden="true"><path class="axis" d="M32 0V10"/>` +
    `<rect class="${style}" x="${from}" y="2" width="${width}" height="6" rx="1"/></svg>`;
}

function number(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2).replace("-", "−") : "–";
}

function signed(value: number): string {
  return value > 0 ? `+${number(value)}` : number(value);
}
