import { EddyError } from "../../errors.ts";
import { loadKernels } from "../../kernels/mod.ts";
import type { LoopEvent } from "../../learning/mod.ts";
import { openService, resolveServiceConfiguration, type Service } from "../../service/mod.ts";
import type { Call, Command } from "../command.ts";
import { demoLines, type DemoProgress } from "../demo/demo_lines.ts";
import { demoRecord } from "../demo/demo_record.ts";
import { demoSummary } from "../demo/demo_summary.ts";
import { driveTraffic, measureAccuracy } from "../demo/drive_traffic.ts";
import { clincUtterances, type DemoUtterances, deskUtterances } from "../demo/utterances.ts";
import type { Host } from "../host.ts";
import { clock } from "../progress/format.ts";
import { liveBlock } from "../progress/live_block.ts";
import { paint } from "../progress/paint.ts";
import { listen } from "../serving/listen.ts";
import { serviceMachine } from "../serving/service_machine.ts";
import { wholeNumber } from "../whole_number.ts";

const AGENT = "intents";
const SECONDS_BETWEEN_LINES = 2;
/** Conversations at once. */
const CONCURRENCY = 8;

/** `eddy demo`: serves, drives traffic against itself, judges, learns, publishes, and shows it. */
export const demoCommand: Command = {
  name: "demo",
  summary: "Serve an agent, judge it, and watch it learn: the whole loop in one process",
  flags: {
    data: { type: "string", value: "FOLDER", meaning: "real utterances: the folder of CLINC150" },
    ids: { type: "boolean", meaning: "hide what the actions are called: they are only numbers" },
    passes: { type: "string", value: "N", meaning: "times that everything is said; 1 unless given" },
    pace: { type: "string", value: "N", meaning: "judged steps a second at most; as fast as it goes unless given" },
    seed: { type: "string", value: "N", meaning: "of the order in which things are said" },
    port: { type: "string", value: "N", meaning: "where to listen; 8000, or a free one where that is taken" },
    out: { type: "string", value: "FOLDER", meaning: "where everything is kept; runs/demo unless given, made anew" },
    stay: { type: "boolean", meaning: "serve on afterwards until Ctrl-C, as a terminal does anyway" },
    json: { type: "boolean", meaning: "one JSON object a line" },
  },
  examples: [
    ["deno task demo", "a generated service desk, about ten seconds"],
    ["deno task demo --data ../data", "CLINC150: choose one of 150 intents, told only right or wrong"],
    ["deno task demo --data ../data --ids --passes 3", "the same without names, three times over"],
    ["deno task demo --pace 20", "slow enough to watch the dashboard"],
  ],
  async run(call, host): Promise<number> {
    const out = call.text("out") ?? "runs/demo";
    const utterances = await chooseUtterances(call);
    await removeOldDemo(out);
    const { configuration, address, service, stop } = await start(call, utterances, out, host);
    const ending = new AbortController();
    const ignoreInterrupts = host.onInterrupt(() => ending.abort());
    try {
      const show = openShow(call, host, service, address, utterances);
      const before = await measureAccuracy(utterances.heldOut, utterances.actions, { address, agent: AGENT });
      show.before(before);
      await driveTraffic(utterances.judged, utterances.actions, {
        address,
        agent: AGENT,
        concurrency: CONCURRENCY,
        pace: wholeNumber(call, "pace", 0) ?? 0,
        now: () => host.now(),
        signal: ending.signal,
      }, show.judged);
      await service.loop.drain();
      const after = await measureAccuracy(utterances.heldOut, utterances.actions, { address, agent: AGENT });
      const facts = show.close();
      const status = service.loop.status(AGENT);
      const stays = !call.given("json") && !ending.signal.aborted && (host.stdout.isTerminal || call.given("stay"));
      if (call.given("json")) {
        host.stdout.write(`${JSON.stringify({ event: "done", before, after, ...facts, status })}\n`);
      } else {
        const colors = paint(host.stdout.isTerminal && !host.variable("NO_COLOR"));
        host.stdout.write(demoSummary({ before, after, ...facts, status, address, out, stays }, configuration, colors));
      }
      if (stays) await new Promise<void>((resolve) => ending.signal.addEventListener("abort", () => resolve()));
    } finally {
      ignoreInterrupts();
      await stop();
    }
    return 0;
  },
};

async function chooseUtterances(call: Call): Promise<DemoUtterances> {
  const options = {
    seed: wholeNumber(call, "seed", 0) ?? 1,
    passes: wholeNumber(call, "passes", 1) ?? 1,
    names: !call.given("ids"),
  };
  const kernels = await loadKernels();
  const data = call.text("data");
  return data === undefined ? deskUtterances(kernels, options) : await clincUtterances(kernels, data, options);
}

/** A demonstration begins from nothing, so that it shows the same each time. */
async function removeOldDemo(out: string): Promise<void> {
  for (const suffix of ["", "-wal", "-shm"]) {
    await Deno.remove(`${out}/eddy.db${suffix}`).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
  await Deno.mkdir(out, { recursive: true });
}

async function start(call: Call, { actions }: DemoUtterances, out: string, host: Host): Promise<{
  readonly configuration: Service["configuration"];
  readonly address: string;
  readonly service: Service;
  stop(): Promise<void>;
}> {
  const port = call.text("port");
  const configuration = resolveServiceConfiguration({
    agents: {
      [AGENT]: {
        policy: {
          kind: "reward-model",
          options: { model: "belief", actions, candidates: call.given("ids") ? "ids" : "names" },
        },
      },
    },
    store: { kind: "sqlite", path: `${out}/eddy.db` },
    http: { port: wholeNumber(call, "port", 0) ?? 8000 },
  });
  const service = await openService(configuration, await serviceMachine(configuration, host));
  try {
    const listening = listenSomewhere(service, configuration.http, port === undefined);
    return {
      configuration,
      service,
      address: listening.address,
      async stop(): Promise<void> {
        await listening.stop();
        await service[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw error;
  }
}

function listenSomewhere(
  service: Service,
  http: Service["configuration"]["http"],
  anyPort: boolean,
): ReturnType<typeof listen> {
  try {
    return listen(service.app, http);
  } catch (error) {
    if (anyPort && error instanceof EddyError && error.code === "address_in_use") {
      return listen(service.app, { ...http, port: 0 });
    }
    throw error;
  }
}

/** What the demonstration has come to, for the summary. */
interface DemoFacts {
  readonly judged: number;
  readonly total: number;
  readonly progressive: number;
  readonly seconds: number;
  readonly judgedPerSecond: number;
  readonly decisionMs: { readonly p50: number; readonly p99: number };
  readonly feedbackMs: { readonly p50: number; readonly p99: number };
}

function openShow(call: Call, host: Host, service: Service, address: string, utterances: DemoUtterances): {
  before(accuracy: number): void;
  judged: Parameters<typeof driveTraffic>[3];
  close(): DemoFacts;
} {
  const record = demoRecord(utterances.judged.length);
  let before: number | undefined;
  let began = host.now();
  const seconds = (): number => (host.now() - began) / 1000;
  const news: string[] = [];
  const progress = (): DemoProgress => {
    const { share, count } = record.recent();
    return {
      title: utterances.title,
      address,
      judged: record.judged,
      total: utterances.judged.length,
      right: record.right,
      recent: share,
      recentCount: count,
      curve: record.curve(),
      before,
      judgedPerSecond: record.judged / Math.max(1e-3, seconds()),
      decisionMs: record.decisionMs(),
      seconds: seconds(),
      status: service.loop.status(AGENT),
      news,
    };
  };
  const silence = service.loop.onEvent((event) => {
    if (call.given("json") && event.event !== "progress") host.stdout.write(`${JSON.stringify(event)}\n`);
    const line = newsLine(event);
    if (line) news.push(line);
  });
  const live = !call.given("json") && host.stdout.isTerminal && host.variable("TERM") !== "dumb";
  const colors = paint(!host.variable("NO_COLOR"));
  const block = live ? liveBlock(host, (room) => demoLines(progress(), { ...room, paint: colors })) : undefined;
  if (!live && !call.given("json")) host.stdout.write(`Eddy demo: ${utterances.title}\ndashboard ${address}\n`);
  let lastLine = -Infinity;
  const plain = (): void => {
    if (live || call.given("json") || seconds() - lastLine < SECONDS_BETWEEN_LINES) return;
    lastLine = seconds();
    const { judged, total, recent, recentCount, judgedPerSecond } = progress();
    host.stdout.write(
      `${clock(seconds())} ${judged} of ${total} judged: right ${
        (100 * recent).toFixed(1)
      } % of the last ${recentCount}, ${Math.round(judgedPerSecond)} judged steps/s\n`,
    );
  };
  return {
    before(accuracy): void {
      before = accuracy;
      began = host.now();
    },
    judged(answer): void {
      record.add(answer);
      block?.draw();
      plain();
    },
    close(): DemoFacts {
      silence();
      const { judged, right } = record;
      const facts = {
        judged,
        total: utterances.judged.length,
        progressive: right / Math.max(1, judged),
        seconds: seconds(),
        judgedPerSecond: judged / Math.max(1e-3, seconds()),
        decisionMs: record.decisionMs(),
        feedbackMs: record.feedbackMs(),
      };
      block?.close();
      return facts;
    },
  };
}

/** What people should see of the loop's events; publications of every few judgements are not among it. */
function newsLine(event: LoopEvent): string | undefined {
  if (event.event === "warning" && event.level === "stop") return event.reason;
  if (event.event !== "publication" || !["rollback", "freeze", "resume", "refuse"].includes(event.action)) {
    return undefined;
  }
  return `${event.action}: ${event.reason}`;
}
