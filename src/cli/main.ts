/** The program `eddy`. @module */
import { benchCommand } from "./commands/bench.ts";
import { chaosCommand } from "./commands/chaos.ts";
import { chatCommand } from "./commands/chat.ts";
import { demoCommand } from "./commands/demo.ts";
import { estimateCommand } from "./commands/estimate.ts";
import { evalCommand } from "./commands/eval.ts";
import { exportCommand } from "./commands/export.ts";
import { importCommand } from "./commands/import.ts";
import { initCommand } from "./commands/init.ts";
import { keysCommand } from "./commands/keys.ts";
import { policiesCommand } from "./commands/policies.ts";
import { recipeCommand } from "./commands/recipe.ts";
import { reportCommand } from "./commands/report.ts";
import { serveCommand } from "./commands/serve.ts";
import { trainCommand } from "./commands/train.ts";
import { tuneCommand } from "./commands/tune.ts";
import { loadTalker } from "./chat/load_talker.ts";
import { denoHost } from "./deno_host.ts";
import { loadLearning } from "./learning.ts";
import { loadTuning } from "./tune/load_tuning.ts";
import { runCommandLine } from "./run_command_line.ts";

const commands = [
  demoCommand,
  initCommand,
  serveCommand,
  chatCommand(loadTalker),
  policiesCommand,
  keysCommand,
  exportCommand,
  importCommand,
  trainCommand(loadLearning),
  tuneCommand(loadTuning),
  evalCommand(loadLearning),
  estimateCommand,
  recipeCommand,
  reportCommand,
  benchCommand,
  chaosCommand,
];

if (import.meta.main) Deno.exit(await runCommandLine(Deno.args, commands, denoHost()));
