import { sql } from "kysely";
import { breathe } from "./breathe.ts";
import type { Database } from "./database.ts";
import type { EpisodeRow } from "./schema.ts";
import type { WriteContext } from "./write_context.ts";
import type { Writer } from "./writer.ts";

/** Episodes looked at by one transaction. */
const CHUNK = 100;

/**
 * Forgets whole episodes in which nothing happened since `before`: no step, no judgement, no open window, no reward that
 * its agent has not learned. An agent that is not in `learnedUpTo` has learned nothing. Orphans and lists of candidates
 * that nobody uses go as well.
 *
 * @returns Steps, judgements, rewards and episodes forgotten.
 */
export async function forget(
  database: Database,
  writer: Writer,
  before: number,
  learnedUpTo: Readonly<Record<string, number>>,
): Promise<number> {
  let forgotten = 0;
  let after: Pick<EpisodeRow, "started_at" | "id"> = { started_at: 0, id: "" };
  while (true) {
    const rows = await readOld(database, before, after);
    if (rows.length === 0) break;
    forgotten += await writer.run("all", (context) => forgetEpisodes(context, rows, before, learnedUpTo));
    if (rows.length < CHUNK) break;
    after = rows[rows.length - 1];
    await breathe();
  }
  return forgotten + await writer.run("all", (context) => forgetRest(context, before));
}

async function readOld(
  { db }: Database,
  before: number,
  { started_at, id }: Pick<EpisodeRow, "started_at" | "id">,
): Promise<Pick<EpisodeRow, "started_at" | "id">[]> {
  return await db.selectFrom("episodes").select(["id", "started_at"]).where("started_at", "<", before)
    .where(({ eb, and, or }) =>
      or([eb("started_at", ">", started_at), and([eb("started_at", "=", started_at), eb("id", ">", id)])])
    )
    .orderBy("started_at").orderBy("id").limit(CHUNK).execute();
}

async function forgetEpisodes(
  context: WriteContext,
  rows: readonly Pick<EpisodeRow, "id">[],
  before: number,
  learnedUpTo: Readonly<Record<string, number>>,
): Promise<number> {
  const { unit, database: { among } } = context;
  const ids = rows.map(({ id }) => id);
  const steps = await unit.selectFrom("steps").select(["id", "episode_id", "created_at", "settle_at"])
    .where(among("episode_id", ids)).execute();
  const feedback = await unit.selectFrom("feedback").select(["episode_id", "received_at"])
    .where(among("episode_id", ids)).execute();
  const stepIds = steps.map(({ id }) => id);
  const rewards = await unit.selectFrom("rewards").select(["agent", "sequence", "step_id"])
    .where(among("subject", [...ids, ...stepIds])).execute();

  const episodeOf = new Map(steps.map((step) => [step.id, step.episode_id]));
  const kept = new Set<string>();
  for (const step of steps) if (step.created_at >= before || step.settle_at !== null) kept.add(step.episode_id);
  for (const row of feedback) if (row.received_at >= before) kept.add(row.episode_id);
  for (const row of rewards) {
    if (row.sequence > (learnedUpTo[row.agent] ?? 0)) kept.add(episodeOf.get(row.step_id)!);
  }
  const old = ids.filter((id) => !kept.has(id));
  if (old.length === 0) return 0;
  const subjects = [...old, ...steps.filter((step) => !kept.has(step.episode_id)).map(({ id }) => id)];
  await rememberForgetting(context);
  const results = [
    await unit.deleteFrom("rewards").where(among("subject", subjects)).executeTakeFirst(),
    await unit.deleteFrom("feedback").where(among("episode_id", old)).where("status", "!=", "early")
      .executeTakeFirst(),
    await unit.deleteFrom("steps").where(among("episode_id", old)).executeTakeFirst(),
    await unit.deleteFrom("episodes").where(among("id", old)).executeTakeFirst(),
  ];
  return results.reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0);
}

async function forgetRest(context: WriteContext, before: number): Promise<number> {
  const { unit } = context;
  const orphans = await unit.deleteFrom("feedback").where("status", "=", "orphaned").where("received_at", "<", before)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom("episodes").select("id").whereRef("episodes.id", "=", "feedback.episode_id")))
    ).executeTakeFirst();
  const lists = await unit.deleteFrom("candidate_lists")
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom("steps").select("id").whereRef("steps.candidates_hash", "=", "candidate_lists.hash")))
    ).executeTakeFirst();
  if (lists.numDeletedRows > 0n) await rememberForgetting(context);
  return Number(orphans.numDeletedRows);
}

/** Tells every process that what it remembers may be gone. */
async function rememberForgetting({ unit }: WriteContext): Promise<void> {
  await unit.updateTable("journals").set({ forgets: sql<number>`forgets + 1` }).execute();
}
