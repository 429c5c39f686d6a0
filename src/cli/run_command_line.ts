import { EddyError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { Command } from "./command.ts";
import { EXIT_CODES } from "./exit_codes.ts";
import { commandPage, helpPage } from "./help.ts";
import type { Host } from "./host.ts";
import { parseCall } from "./parse_call.ts";

/**
 * Runs one command line.
 *
 * @param words What follows the program's name. @param commands What exists. @param host The machine.
 * @returns The exit code; errors have been printed, as one sentence.
 */
export async function runCommandLine(
  words: readonly string[],
  commands: readonly Command[],
  host: Host,
): Promise<number> {
  try {
    return await dispatch(words, commands, host);
  } catch (error) {
    return reportError(error, words, host);
  }
}

async function dispatch(words: readonly string[], commands: readonly Command[], host: Host): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    host.stdout.write(helpPage(commands, host.machine.eddy));
    return name === undefined ? EXIT_CODES.configuration_invalid : 0;
  }
  if (name === "--version") {
    host.stdout.write(`${host.machine.eddy}\n`);
    return 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) {
    const what = name.startsWith("-") ? "flag" : "command";
    const known = [...commands.map((candidate) => candidate.name), ...(what === "flag" ? ["--help", "--version"] : [])];
    throw new EddyError(
      "configuration_invalid",
      `Cannot run ${what} '${name}': unknown; did you mean '${nearest(name, known)}'?`,
    );
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    host.stdout.write(commandPage(command));
    return 0;
  }
  return await command.run(parseCall(command, rest), host);
}

/** Prints an error as one sentence, and as an object where objects are asked for. @returns The exit code. */
function reportError(error: unknown, words: readonly string[], host: Host): number {
  const known = asEddyError(error);
  const message = known?.message ?? `Cannot finish '${words[0]}': ${error instanceof Error ? error.message : error}`;
  if (words.includes("--json")) {
    host.stdout.write(`${JSON.stringify({ event: "error", code: known?.code ?? "unexpected", message })}\n`);
  }
  host.stderr.write(`error: ${message}\n`);
  if (host.variable("EDDY_DEBUG") === "1" && error instanceof Error) host.stderr.write(`${error.stack}\n`);
  else if (!known) host.stderr.write("EDDY_DEBUG=1 shows where.\n");
  return known ? EXIT_CODES[known.code] : 1;
}

function asEddyError(error: unknown): EddyError | undefined {
  if (error instanceof EddyError) return error;
  const code = (error as { code?: unknown } | undefined)?.code;
  if (code === "ENOSPC") return new EddyError("disk_full", "Cannot write: the disk is full", { cause: error });
  return undefined;
}
