import { EddyError } from "../../errors.ts";
import { type DoneEvent, PRESETS, type TrainConfiguration, type TrainingEvent } from "../../learning/mod.ts";
import type { Call, Command, Flag } from "../command.ts";
import { configurationPage } from "../configuration_page.ts";
import type { Host } from "../host.ts";
import type { Learning } from "../learning.ts";
import { jsonView } from "../progress/json_view.ts";
import { SHOW_CURSOR } from "../progress/live_block.ts";
import { liveView } from "../progress/live_view.ts";
import { type Paint, paint } from "../progress/paint.ts";
import { plainView } from "../progress/plain_view.ts";
import { summary } from "../progress/summary.ts";
import type { View } from "../progress/view.ts";
import { writeReport } from "../report/write_report.ts";
import { resolveConfiguration } from "../resolve_configuration.ts";
import { openRunLog, type RunLog } from "../run_log.ts";

const FLAGS = {
  preset: { type: "string", value: "NAME", meaning: `what to begin from: ${Object.keys(PRESETS).join(", ")}` },
  seed: { type: "string", value: "N", meaning: "seed of everything random" },
  out: { type: "string", value: "FOLDER", meaning: "where the run is kept; runs/PRESET-SEED unless given" },
  resume: { type: "string", value: "FOLDER", meaning: "continue the run kept there" },
  environment: { type: "string", value: "WORLD", meaning: "a world's name, or a module of yours: ./file.ts" },
  data: { type: "string", value: "FOLDER", meaning: "a public data set, for intents and scan" },
  reward: { type: "string", value: "WHEN", meaning: "step (each step its own) or episode (all at the end)" },
  updates: { type: "string", value: "N", meaning: "rounds of acting and learning" },
  workers: { type: "string", value: "N", meaning: "workers at once; changes the time, not the result" },
  set: { type: "string", multiple: true, value: "PATH=VALUE", meaning: "any field of the configuration; repeatable" },
  "dry-run": { type: "boolean", meaning: "print the resolved configuration and stop" },
  json: { type: "boolean", meaning: "one JSON object a line" },
} satisfies Record<string, Flag>;

/** `eddy train`: trains an agent from nothing. @param load Gives what does the training. */
export function trainCommand(load: () => Promise<Pick<Learning, "train">>): Command {
  return {
    name: "train",
    summary: "Train an agent from nothing; write a checkpoint and a report",
    flags: FLAGS,
    examples: [
      ["deno task train", "the service desk"],
      ["deno task train --preset spark", "a linear policy on a small world"],
      ["deno task train --environment ./my_world.ts", "a world of your own"],
      ["deno task train --set reinforcement.gamma=0.9 --dry-run", "see what a change would mean"],
      ["deno task train --resume runs/desk-7", "go on after Ctrl-C"],
    ],
    async run(call, host): Promise<number> {
      const configuration = await resolveConfiguration(call, host);
      if (call.given("dry-run")) {
        host.stdout.write(call.given("json") ? `${JSON.stringify(configuration)}\n` : configurationPage(configuration));
        return 0;
      }
      const learning = await load();
      return await runTraining(learning, configuration, call, host);
    },
  };
}

async function runTraining(
  learning: Pick<Learning, "train">,
  configuration: TrainConfiguration,
  call: Call,
  host: Host,
): Promise<number> {
  const resume = call.given("resume");
  await host.writeText(`${configuration.out}/configuration.json`, `${JSON.stringify(configuration, null, 2)}\n`);
  const log = await openRunLog(configuration.out, resume, host);
  const colors = paint(host.stdout.isTerminal && !host.variable("NO_COLOR"));
  const view = chooseView(call, host, colors);
  const interruption = new AbortController();
  const ignoreInterrupts = stopAtInterrupt(interruption, view, host);
  let last: DoneEvent | undefined;
  try {
    for (const event of log.events) if (event.event === "evaluation") view.event(event);
    last = await learning.train(configuration, {
      // `done` waits for the report.
      onEvent: (event) => event.event === "done" ? undefined : tell(event, log, view),
      signal: interruption.signal,
      resume,
    });
    if (!last) throw new EddyError("interrupted", "Cannot go on: interrupted");
  } catch (error) {
    view.close();
    throw stopped(error, interruption.signal, configuration.out);
  } finally {
    ignoreInterrupts();
  }
  const done = { ...last, report: `${configuration.out}/report.html` };
  log.add(done);
  const command = ["deno task train", ...call.words.map(quoted)].join(" ");
  await writeReport(done.report, { events: log.events, configuration, command }, host);
  view.event(done);
  view.close();
  if (!call.given("json")) host.stdout.write(summary(done, configuration, colors));
  return 0;
}

function tell(event: TrainingEvent, log: RunLog, view: View): void {
  log.add(event);
  view.event(event);
}

function chooseView(call: Call, host: Host, colors: Paint): View {
  if (call.given("json")) return jsonView(host);
  return host.stdout.isTerminal && host.variable("TERM") !== "dumb" ? liveView(host, colors) : plainView(host);
}

/** The first Ctrl-C asks the run to stop; the next is left to the system, which ends even a busy program. */
function stopAtInterrupt(interruption: AbortController, view: View, host: Host): () => void {
  const ignore = host.onInterrupt(() => {
    ignore();
    view.note("Stopping after this update; Ctrl-C again stops at once.");
    if (host.stdout.isTerminal) host.stdout.write(SHOW_CURSOR);
    interruption.abort(new EddyError("interrupted", "Cannot go on: interrupted"));
  });
  return ignore;
}

/** After Ctrl-C, however the run ended: how to go on. */
function stopped(error: unknown, signal: AbortSignal, out: string): unknown {
  const asked = signal.aborted && (error === signal.reason || (error as Error)?.name === "AbortError");
  if (!asked && !(error instanceof EddyError && error.code === "interrupted")) return error;
  const message = `Cannot finish: interrupted; go on with 'deno task train --resume ${quoted(out)}'`;
  return new EddyError("interrupted", message, { cause: error });
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
