import type { CellRecord, RecipeEvent, RecipeStartEvent } from "../../recipe/mod.ts";
import type { Host } from "../host.ts";
import { clock, plainText } from "../progress/format.ts";
import { liveBlock } from "../progress/live_block.ts";
import { fitLine, type Paint } from "../progress/paint.ts";
import { settingsText } from "./figures.ts";

/** Shows a recipe while it runs. */
export interface RecipeView {
  event(event: RecipeEvent): void;
  /** Leaves the terminal as it was. */
  close(): void;
}

/** The events themselves, one object a line; `done` is told with the report's address, when that is written. */
export function recipeJsonView(host: Host): RecipeView {
  return {
    event: (event) => event.event === "done" ? undefined : host.stdout.write(`${JSON.stringify(event)}\n`),
    close(): void {},
  };
}

/** A line for each finished cell, for logs and pipes. */
export function recipePlainView(host: Host): RecipeView {
  const line = (text: string): void => host.stdout.write(`${plainText(text)}\n`);
  return {
    event(event): void {
      if (event.event === "start") line(startLine(event));
      if (event.event === "cell") line(`${event.finished}/${event.cells} ${cellLine(event.cell)}`);
      if (event.event === "tuned") line(`${event.arm}: ${settingsText(event.settings)}`);
    },
    close(): void {},
  };
}

/** A bar, the arm that runs, and the means of the arms so far, drawn over themselves. */
export function recipeLiveView(host: Host, paint: Paint): RecipeView {
  const began = host.now();
  let start: RecipeStartEvent | undefined;
  let running = "";
  let finished = 0;
  const records: CellRecord[] = [];
  const block = liveBlock(host, ({ columns, rows }) => {
    if (!start) return [paint.dim("Starting …")];
    const elapsed = (host.now() - began) / 1000;
    const own = finished - start.kept;
    const left = own > 0 ? ` · ${clock(elapsed / own * (start.cells - finished))} left` : "";
    return [
      paint.bold(plainText(startLine(start))),
      `${bar(finished / start.cells, 40, paint)} ${finished}/${start.cells}  ${paint.dim(`${clock(elapsed)}${left}`)}`,
      plainText(running),
      ...start.arms.map((arm) => armLine(arm, records.filter((record) => record.arm === arm), paint)),
    ].slice(0, Math.max(1, rows - 1)).map((line) => fitLine(line, columns));
  });
  return {
    event(event): void {
      if (event.event === "start") start = event;
      if (event.event === "point") {
        running = `${event.phase}: ${event.arm}, seed ${event.seed}, at ${event.spent}: ${
          measuresText(event.measures)
        }`;
      }
      if (event.event === "cell") {
        finished = event.finished;
        if (event.cell.phase === "evaluation") records.push(event.cell);
      }
      block.draw();
    },
    close: () => block.close(),
  };
}

function startLine({ recipe, profile, arms, seeds, budget, cells, kept }: RecipeStartEvent): string {
  return `${recipe} (${profile}): ${arms.length} arms, seeds ${seeds[0]} to ${
    seeds.at(-1)
  }, ${budget.amount} ${budget.unit} each, ${cells} cells${kept ? `, ${kept} kept` : ""}`;
}

function cellLine({ phase, arm, seed, settings, measures, seconds }: CellRecord): string {
  return `${phase} ${arm}, seed ${seed}, ${settingsText(settings)}: ${measuresText(measures)} (${clock(seconds)})`;
}

function armLine(arm: string, records: readonly CellRecord[], paint: Paint): string {
  if (records.length === 0) return paint.dim(`  ${plainText(arm)}`);
  const names = Object.keys(records[0].measures);
  const means = names.map((name) => [
    name,
    records.reduce((sum, { measures }) => sum + measures[name], 0) / records.length,
  ]);
  return `  ${plainText(arm)}  ${measuresText(Object.fromEntries(means))} ${paint.dim(`over ${records.length}`)}`;
}

function measuresText(measures: Readonly<Record<string, number>>): string {
  return Object.entries(measures).map(([name, value]) => `${name} ${value.toFixed(3)}`).join(", ");
}

function bar(share: number, width: number, paint: Paint): string {
  const full = Math.floor(share * width);
  return paint.green("━".repeat(full)) + paint.dim("─".repeat(width - full));
}
