import type { ClaimOutcome } from "../../recipe/mod.ts";
import { clock } from "../progress/format.ts";
import { intervalText, settingsText, signedFigure } from "./figures.ts";
import type { RecipeResult } from "./recipe_result.ts";

/** `RESULTS.md`: what became of every recipe, those that fail included. */
export function resultsPage(results: readonly RecipeResult[]): string {
  return `# Results

Written by \`eddy recipe NAME\`; the last run of each recipe, whichever way it fell. A claim _holds_ when the mean of
the paired difference over seeds reaches its threshold and the 95 % interval lies above zero (above the threshold, where a
loss is allowed), _fails_ when the interval lies below the threshold, and is _open_ otherwise. A recipe is a small
reproduction of a mechanism, never of a paper's own figures.

| recipe | verdict | claims hold | figure | 95 % interval | claim that decides | date |
| --- | --- | --- | --- | --- | --- | --- |
${results.map(summaryRow).join("\n")}

${results.map(section).join("\n\n")}
`;
}

function summaryRow(result: RecipeResult): string {
  const { name, verdict, claims, figure, interval, date } = result;
  const decisive = result.claims.find((claim) => claim.verdict === verdict)!;
  return row([
    `[${name}](${name}.ts)`,
    `**${verdict}**`,
    `${claims.filter((claim) => claim.verdict === "holds").length} of ${claims.length}`,
    signedFigure(figure),
    intervalText(interval),
    decisive.sentence,
    date.slice(0, 10),
  ]);
}

function section({ name, title, source, ...result }: RecipeResult): string {
  const { arms, claims, metric, seeds, budget, profile, seconds, date, processor, command } = result;
  const measures = [...new Set(arms.flatMap(({ means }) => Object.keys(means)))];
  return `## ${name}: ${title}

${source}.

Profile \`${profile}\`, seeds ${seeds[0]} to ${seeds.at(-1)}, ${
    budget.amount.toLocaleString("en-US")
  } ${budget.unit} for each arm and seed, ${clock(seconds)}, ${
    date.slice(0, 16).replace("T", " ")
  } UTC, ${processor}. \`${command}\`

| arm | role | ${measures.join(" | ")} | ${metric} by seed | settings | what it does |
| --- | --- | ${measures.map(() => "---").join(" | ")} | --- | --- | --- |
${
    arms.map((arm) =>
      row([
        arm.name,
        arm.role,
        ...measures.map((measure) => arm.means[measure]?.toFixed(3) ?? ""),
        arm.values.map((value) => value.toFixed(2)).join(" "),
        settingsText(arm.settings),
        arm.meaning,
      ])
    ).join("\n")
  }

${claims.map(claimLine).join("\n")}`;
}

function claimLine({ sentence, figure, interval, atLeast, verdict, differences }: ClaimOutcome): string {
  const wins = differences.filter((difference) => difference > 0).length;
  return `- **${verdict}**: ${sentence}. Measured ${signedFigure(figure)}, 95 % interval ${intervalText(interval)}, ` +
    `threshold ${signedFigure(atLeast)}, ahead on ${wins} of ${differences.length} seeds.`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
