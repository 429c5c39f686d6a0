import { sql } from "kysely";
import type { JudgedStep, StepRecord } from "../episode/mod.ts";
import type { CandidateLists } from "./candidate_lists.ts";
import { breathe } from "./breathe.ts";
import type { Database } from "./database.ts";
import { rewardRow } from "./reward_row.ts";
import type { RewardRow } from "./schema.ts";
import { stepRow } from "./step_row.ts";
import type { RewardBucket, RewardStore } from "./store.ts";
import type { Writer } from "./writer.ts";

/** Entries read by one statement: with SQLite the thread stands still for that long. */
const CHUNK = { steps: 500, numbers: 20_000 } as const;

/** The journal of rewards over a database. Places rise by one; they are given out by one writer at a time. */
export function createRewardStore(database: Database, writer: Writer, lists: CandidateLists): RewardStore {
  const { db } = database;

  async function chunk(agent: string, from: number, to: number, limit: number): Promise<JudgedStep[]> {
    const rows: RewardRow[] = await db.selectFrom("rewards").selectAll().where("agent", "=", agent)
      .where("sequence", ">=", from).where("sequence", "<=", to).orderBy("sequence").limit(limit).execute();
    const byId = await stepsOf(rows);
    // A step that is forgotten between the two reads takes its rewards with it.
    return rows.flatMap((row) => {
      const step = byId.get(row.step_id);
      return step === undefined ? [] : [rewardRow.judged(row, step)];
    });
  }

  /** Steps by id: those of the last commits as they were kept, others from the database. */
  async function stepsOf(rows: readonly RewardRow[]): Promise<ReadonlyMap<string, StepRecord>> {
    const byId = new Map<string, StepRecord>();
    const older: string[] = [];
    for (const { step_id: id } of rows) {
      const step = writer.recentStep(id);
      if (step === undefined) older.push(id);
      else byId.set(id, step);
    }
    if (older.length === 0) return byId;
    const steps = await db.selectFrom("steps").selectAll().where(database.among("id", older)).execute();
    const known = await lists.read(db, steps.map((step) => step.candidates_hash));
    for (const step of steps) byId.set(step.id, stepRow.read(step, known));
    return byId;
  }

  async function read(agent: string, from: number, to: number, limit: number): Promise<JudgedStep[]> {
    const judged: JudgedStep[] = [];
    let next = from;
    while (judged.length < limit && next <= to) {
      const size = Math.min(CHUNK.steps, limit - judged.length);
      const part = await chunk(agent, next, to, size);
      judged.push(...part);
      if (part.length < size) break;
      next = part[part.length - 1].sequence + 1;
      await breathe();
    }
    return judged;
  }

  return {
    after: (agent, sequence, limit) => read(agent, sequence + 1, Number.MAX_SAFE_INTEGER, limit),
    range: (agent, from, to) => read(agent, from, to, Infinity),
    async last(agent: string): Promise<number> {
      const row = await db.selectFrom("journals").select("last_sequence").where("agent", "=", agent)
        .executeTakeFirst();
      return row?.last_sequence ?? 0;
    },
    onWritten: (listener) => writer.onRewards(listener),
    curve: (agent, from, to, buckets) => readCurve(database, { agent, from, to, buckets }),
  };
}

/** Parts without judged steps are left out. */
async function readCurve(
  { db }: Database,
  { agent, from, to, buckets }: { agent: string; from: number; to: number; buckets: number },
): Promise<RewardBucket[]> {
  const width = Math.max(1, Math.ceil((to - from + 1) / Math.max(1, buckets)));
  const sums = new Map<number, { steps: number; sum: number }>();
  for (let start = from; start <= to; start += CHUNK.numbers) {
    const end = Math.min(to, start + CHUNK.numbers - 1);
    const bucket = sql<number>`(sequence - ${sql.lit(from)}) / ${sql.lit(width)}`;
    const rows = await db.selectFrom("rewards").where("agent", "=", agent)
      .where("sequence", ">=", start).where("sequence", "<=", end)
      .select(({ fn }) => [
        bucket.as("bucket"),
        fn.countAll<number>().as("steps"),
        fn.sum<number>("reward").as("sum"),
      ]).groupBy(bucket).execute();
    for (const row of rows) {
      const known = sums.get(row.bucket) ?? { steps: 0, sum: 0 };
      sums.set(row.bucket, { steps: known.steps + row.steps, sum: known.sum + row.sum });
    }
    await breathe();
  }
  return [...sums].sort(([a], [b]) => a - b)
    .map(([bucket, { steps, sum }]) => ({ from: from + bucket * width, steps, mean: sum / steps }));
}
