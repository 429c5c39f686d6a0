import type { RecipeOutcome, Verdict } from "../../recipe/mod.ts";
import { clock, plainText } from "../progress/format.ts";
import { type Paint, visibleWidth } from "../progress/paint.ts";
import { intervalText, settingsText, signedFigure } from "./figures.ts";

/** What became of a recipe, for a terminal: arms, then claims, then the verdict. */
export function recipeTable(outcome: RecipeOutcome, paint: Paint): string {
  const { title, source, arms, claims, metric, seeds, budget, seconds } = outcome;
  const measures = [...new Set(arms.flatMap(({ means }) => Object.keys(means)))];
  const rows = [
    ["arm", "role", ...measures, "settings", `${metric} by seed`].map(paint.dim),
    ...arms.map(({ name, role, means, settings, values }) => [
      role === "method" ? paint.bold(plainText(name)) : plainText(name),
      role,
      ...measures.map((measure) => means[measure]?.toFixed(3) ?? ""),
      settingsText(settings),
      values.map((value) => value.toFixed(2)).join(" "),
    ]),
  ];
  return [
    "",
    paint.bold(plainText(title)),
    paint.dim(plainText(source)),
    paint.dim(
      `seeds ${seeds[0]} to ${seeds.at(-1)}, ${budget.amount.toLocaleString("en-US")} ${budget.unit} for each, ${
        clock(seconds)
      }`,
    ),
    "",
    ...aligned(rows),
    "",
    ...claims.flatMap(({ verdict, sentence, figure, interval, atLeast }) => [
      `${verdictWord(verdict, paint)}  ${plainText(sentence)}`,
      paint.dim(
        `       ${signedFigure(figure)}, 95 % interval ${intervalText(interval)}, threshold ${signedFigure(atLeast)}`,
      ),
    ]),
    "",
  ].join("\n");
}

/** A verdict in its color, five characters wide. */
export function verdictWord(verdict: Verdict, paint: Paint): string {
  const color = { holds: paint.green, fails: paint.red, open: paint.yellow }[verdict];
  return color(verdict.padEnd(5));
}

/** Rows as columns, two spaces between. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => visibleWidth(row[column]))));
  return rows.map((row) =>
    row.map((cell, column) => cell + " ".repeat(widths[column] - visibleWidth(cell))).join("  ").trimEnd()
  );
}
