import { loadKernels, randomStream } from "../../kernels/mod.ts";
import { openStore, resolveServiceConfiguration, type ServiceConfigurationInput } from "../../service/mod.ts";
import { killRounds } from "../load/kill_rounds.ts";
import { loadConfiguration } from "../load/load_questions.ts";
import { type PostgresServer, startPostgres } from "../load/start_postgres.ts";
import { verifyAcknowledged } from "../load/verify_acknowledged.ts";
import type { Attack, AttackOptions } from "./attack.ts";
import { type AttackReport, attackReport } from "./attack_report.ts";

const CONNECTIONS = 16;

/** What each kind kills, for people. */
const MEANINGS = {
  process: "kill -9 of the server, SQLite",
  postgresql: "kill -9 of the server, PostgreSQL",
  database: "kill -9 of PostgreSQL itself",
} as const;

/** Kills the server, or its database, under load, and compares what was acknowledged with what is kept. */
export function killAttack(target: keyof typeof MEANINGS): Attack {
  return async function attack(options): Promise<boolean> {
    const report = attackReport(target, MEANINGS[target], options);
    const folder = await Deno.makeTempDir({ prefix: "eddy-chaos-" });
    const database = target === "process" ? undefined : await startPostgres(folder);
    try {
      if (target === "process" || database) return await kill(target, folder, database, options, report);
      const reason = "no PostgreSQL server program is installed";
      report.result({ skipped: reason }, [`skipped, ${reason}`]);
      return true;
    } finally {
      await database?.stop();
      await Deno.remove(folder, { recursive: true });
    }
  };
}

async function kill(
  target: keyof typeof MEANINGS,
  folder: string,
  database: PostgresServer | undefined,
  { kills, seed, host, signal }: AttackOptions,
  report: AttackReport,
): Promise<boolean> {
  const input: ServiceConfigurationInput = loadConfiguration(
    database ? { kind: "postgresql", url: database.url } : { kind: "sqlite", path: `${folder}/eddy.db` },
  );
  const file = `${folder}/eddy.config.json`;
  await Deno.writeTextFile(file, JSON.stringify(input));
  const { acknowledged, restarts, refused } = await killRounds({
    words: [file],
    variables: { EDDY_RECEIPT_SECRETS: "5a".repeat(32) },
    kills,
    connections: CONNECTIONS,
    now: () => host.now(),
    random: randomStream(await loadKernels(), seed, 0),
    killInstead: target === "database" ? () => database!.killAndRestart() : undefined,
    onKill: (kill, restartMs) => report.progress(`${kill} of ${kills}, back after ${restartMs.toFixed(0)} ms`),
    signal,
  });
  await using store = await openStore(resolveServiceConfiguration(input), { databaseUrl: undefined });
  const found = await verifyAcknowledged(store, acknowledged);
  const sorted = [...restarts].sort((a, b) => a - b);
  const restartMs = { median: sorted[sorted.length >> 1] ?? 0, largest: sorted.at(-1) ?? 0 };
  report.result({ kills: restarts.length, ...found, restartMs, refused }, [
    `${restarts.length} kills: ${
      found.acknowledged.toLocaleString("en-US")
    } judgements acknowledged, ${found.lost} lost, ` +
    `${found.doubled} counted twice; back after ${restartMs.median.toFixed(0)} ms, at most ${
      restartMs.largest.toFixed(0)
    } ms`,
  ]);
  return found.acknowledged > 0 && found.lost === 0 && found.doubled === 0;
}
