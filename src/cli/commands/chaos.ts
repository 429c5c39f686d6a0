import { EddyError } from "../../errors.ts";
import { loadKernels, randomStream } from "../../kernels/mod.ts";
import { openStore, resolveServiceConfiguration, type ServiceConfigurationInput } from "../../service/mod.ts";
import type { Call, Command } from "../command.ts";
import type { Host } from "../host.ts";
import { killRounds } from "../load/kill_rounds.ts";
import { loadConfiguration } from "../load/load_questions.ts";
import { startPostgres } from "../load/start_postgres.ts";
import { verifyAcknowledged } from "../load/verify_acknowledged.ts";

const CONNECTIONS = 16;
const KILLS = 200;
const TARGETS = ["process", "postgresql", "database"] as const;
type Target = typeof TARGETS[number];

/** What each target is, for people. */
const MEANINGS: Readonly<Record<Target, string>> = {
  process: "kill -9 of the server, SQLite",
  postgresql: "kill -9 of the server, PostgreSQL",
  database: "kill -9 of PostgreSQL itself",
};

/** `eddy chaos`: kills a service under load, again and again, and counts what was lost. */
export const chaosCommand: Command = {
  name: "chaos",
  summary: "Kill a service under load again and again, and count what was lost",
  flags: {
    kills: { type: "string", value: "N", meaning: `of each kind; ${KILLS} unless given` },
    only: { type: "string", multiple: true, value: "TARGET", meaning: `${TARGETS.join(", ")}; repeatable` },
    seed: { type: "string", value: "N", meaning: "of the moments at which it is killed" },
    json: { type: "boolean", meaning: "one JSON object a line" },
  },
  examples: [
    ["deno task chaos --kills 20", "a quick look"],
    ["deno task chaos --only process", "the server alone, 200 times"],
  ],
  async run(call, host): Promise<number> {
    const { processor, cores, runtime, eddy } = host.machine;
    if (!call.given("json")) {
      host.stdout.write(`${processor}, ${cores} cores; ${runtime}, Eddy ${eddy}, ${host.date().slice(0, 10)}\n\n`);
    }
    const stopping = new AbortController();
    const ignoreInterrupts = host.onInterrupt(() => stopping.abort());
    try {
      let clean = true;
      for (const target of chosen(call)) clean = await attack(target, call, host, stopping.signal) && clean;
      return clean ? 0 : 1;
    } finally {
      ignoreInterrupts();
    }
  },
};

async function attack(target: Target, call: Call, host: Host, signal: AbortSignal): Promise<boolean> {
  const folder = await Deno.makeTempDir({ prefix: "eddy-chaos-" });
  const database = target === "process" ? undefined : await startPostgres(folder);
  try {
    if (target !== "process" && !database) {
      host.stdout.write(`${MEANINGS[target]}: skipped, no PostgreSQL server program is installed\n`);
      return true;
    }
    const input: ServiceConfigurationInput = loadConfiguration(
      database ? { kind: "postgresql", url: database.url } : { kind: "sqlite", path: `${folder}/eddy.db` },
    );
    const file = `${folder}/eddy.config.json`;
    await Deno.writeTextFile(file, JSON.stringify(input));
    await Deno.writeTextFile(`${folder}/receipts.secret`, `${"5a".repeat(32)}\n`);
    const kills = wholeNumber(call, "kills", KILLS);
    const live = host.stdout.isTerminal && !call.given("json");
    const result = await killRounds({
      words: [file],
      kills,
      connections: CONNECTIONS,
      now: () => host.now(),
      random: randomStream(await loadKernels(), wholeNumber(call, "seed", 1), 0),
      killInstead: target === "database" ? () => database!.killAndRestart() : undefined,
      onKill: (kill, restartMs) =>
        live &&
        host.stdout.write(`\r\x1b[K${MEANINGS[target]}: ${kill} of ${kills}, back after ${restartMs.toFixed(0)} ms`),
      signal,
    });
    if (live) host.stdout.write("\r\x1b[K");
    await using store = await openStore(resolveServiceConfiguration(input), { databaseUrl: undefined });
    const found = await verifyAcknowledged(store, result.acknowledged);
    const restarts = [...result.restarts].sort((a, b) => a - b);
    const restartMs = { median: restarts[restarts.length >> 1] ?? 0, largest: restarts.at(-1) ?? 0 };
    if (call.given("json")) {
      host.stdout.write(
        `${JSON.stringify({ target, kills: restarts.length, ...found, restartMs, refused: result.refused })}\n`,
      );
    } else {
      host.stdout.write(
        `${MEANINGS[target].padEnd(36)} ${restarts.length} kills: ${
          found.acknowledged.toLocaleString("en-US")
        } judgements acknowledged, ` +
          `${found.lost} lost, ${found.doubled} counted twice; back after ${restartMs.median.toFixed(0)} ms, at most ${
            restartMs.largest.toFixed(0)
          } ms\n`,
      );
    }
    return found.lost === 0 && found.doubled === 0;
  } finally {
    await database?.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

function chosen(call: Call): readonly Target[] {
  const wanted = call.texts("only");
  const foreign = wanted.find((name) => !(TARGETS as readonly string[]).includes(name));
  if (foreign !== undefined) {
    throw new EddyError("configuration_invalid", `Cannot attack '${foreign}': there are ${TARGETS.join(", ")}`);
  }
  return wanted.length > 0 ? wanted as readonly Target[] : TARGETS;
}

function wholeNumber(call: Call, flag: string, otherwise: number): number {
  const text = call.text(flag);
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new EddyError("configuration_invalid", `Cannot use '--${flag} ${text}': expected a whole number of at least 1`);
}
