/**
 * Judged steps a second through the store's own interface, in one process:
 *
 *     deno run -A test/store/store_bench.ts                  SQLite, synchronous FULL
 *     deno run -A test/store/store_bench.ts postgres://…     PostgreSQL
 *
 * A judged step is a step, its feedback and its reward (and an episode of its own). Rates are over the whole run; a
 * baseline of bare multi-row inserts is measured in the same run, since disks differ.
 */
import { DatabaseSync } from "node:sqlite";
import { openPostgresStore, openSqliteStore } from "../../src/store/mod.ts";
import { judgement, METRICS, step } from "./_builders.ts";

const JUDGED = 50_000;
/** Calls that are under way at once: as many clients. */
const CLIENTS = [64, 1_024];
const CANDIDATES = Object.freeze(Array.from({ length: 150 }, (_, n) => `intent_number_${n}`));

const folder = Deno.makeTempDirSync();
const options = { metrics: { router: METRICS } };
const url = Deno.args[0];
try {
  if (url === undefined) console.log(`bare inserts, SQLite: ${rate(...bare())} rows/s`);
  let run = 0;
  for (const clients of CLIENTS) {
    const path = `${folder}/${++run}.db`;
    await using store = await (url === undefined ? openSqliteStore(path, options) : openPostgresStore(url, options));
    const steps = Array.from(
      { length: JUDGED },
      (_, n) => step(run * JUDGED + n, { candidates: CANDIDATES, probabilities: [0.5, 0.25, 0.125, 0.125] }),
    );
    const begin = performance.now();
    let next = 0;
    await Promise.all(Array.from({ length: clients }, async () => {
      while (next < JUDGED) {
        const each = steps[next++];
        await store.steps.add([each]);
        await store.feedback.add([judgement(each)]);
      }
    }));
    const seconds = (performance.now() - begin) / 1000;
    console.log(`${store.dialect}, ${clients} clients: ${rate(JUDGED, seconds)} judged steps/s`);
  }
} finally {
  Deno.removeSync(folder, { recursive: true });
}

function bare(): [rows: number, seconds: number] {
  const rows = 200_000;
  const size = 100;
  const db = new DatabaseSync(`${folder}/bare.db`);
  db.exec(
    "pragma journal_mode = wal; pragma synchronous = full; create table t (a integer, b text); create index i on t (a)",
  );
  const insert = db.prepare(`insert into t values ${Array(size).fill("(?, ?)").join()}`);
  const body = "x".repeat(200);
  const begin = performance.now();
  for (let n = 0; n < rows; n += size) insert.run(...Array.from({ length: size }, (_, k) => [n + k, body]).flat());
  const seconds = (performance.now() - begin) / 1000;
  db.close();
  return [rows, seconds];
}

function rate(count: number, seconds: number): string {
  return Math.round(count / seconds).toLocaleString("en-US");
}
