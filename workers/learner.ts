/**
 * The centre of many edges, and nothing else of the command line: `deno run -A workers/learner.ts --help`.
 *
 * @module
 */
import { learnerCommand } from "../src/cli/commands/learner.ts";
import { denoHost } from "../src/cli/deno_host.ts";
import { runCommandLine } from "../src/cli/run_command_line.ts";

Deno.exit(await runCommandLine(["learner", ...Deno.args], [learnerCommand], denoHost()));
