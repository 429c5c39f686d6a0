/**
 * An edge in Deno, and nothing else of the command line: `deno run -A workers/edge.ts --help`.
 *
 * @module
 */
import { edgeCommand } from "../src/cli/commands/edge.ts";
import { denoHost } from "../src/cli/deno_host.ts";
import { runCommandLine } from "../src/cli/run_command_line.ts";

Deno.exit(await runCommandLine(["edge", ...Deno.args], [edgeCommand], denoHost()));
