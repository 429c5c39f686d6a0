import type { Command } from "./command.ts";

/** The page that `eddy --help` prints. */
export function helpPage(commands: readonly Command[], version: string): string {
  return [
    `eddy ${version}: serves and trains language agents that learn from every judged step.`,
    "",
    "Usage: eddy COMMAND [FLAGS]      (in a clone: deno task COMMAND [FLAGS])",
    "",
    "Commands",
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    "",
    "`eddy COMMAND --help` shows the flags and examples of a command.",
    "",
  ].join("\n");
}

/** The page that `eddy COMMAND --help` prints. */
export function commandPage({ name, summary, operand, flags, examples }: Command): string {
  const rows = Object.entries(flags).map(([flag, { value, meaning }]) => [
    `--${flag}${value ? ` ${value}` : ""}`,
    meaning,
  ]);
  return [
    summary,
    "",
    `Usage: eddy ${name}${operand ? ` ${operand.name}` : ""} [FLAGS]`,
    ...(operand ? ["", "Takes", ...columns([[operand.name, operand.meaning]])] : []),
    "",
    "Flags",
    ...columns([...rows, ["--help", "this page"]]),
    "",
    "Examples",
    ...examples.flatMap(([line, meaning]) => [`  # ${meaning}`, `  ${line}`]),
    "",
  ].join("\n");
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
