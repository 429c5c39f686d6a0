/** The program `eddy`. @module */
import { benchCommand } from "./commands/bench.ts";
import { evalCommand } from "./commands/eval.ts";
import { reportCommand } from "./commands/report.ts";
import { serveCommand } from "./commands/serve.ts";
import { trainCommand } from "./commands/train.ts";
import { denoHost } from "./deno_host.ts";
import { loadLearning } from "./learning.ts";
import { runCommandLine } from "./run_command_line.ts";

const commands = [trainCommand(loadLearning), evalCommand(loadLearning), benchCommand, reportCommand, serveCommand];

if (import.meta.main) Deno.exit(await runCommandLine(Deno.args, commands, denoHost()));
