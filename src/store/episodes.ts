import { breathe } from "./breathe.ts";
import type { CandidateLists } from "./candidate_lists.ts";
import type { Database } from "./database.ts";
import { feedbackRow } from "./feedback_row.ts";
import { restore } from "./restore.ts";
import { rewardRow } from "./reward_row.ts";
import type { EpisodeRow, RewardRow } from "./schema.ts";
import { stepRow } from "./step_row.ts";
import type { EndedEpisode, EpisodeStore, KeptEpisode } from "./store.ts";
import type { Writer } from "./writer.ts";

/** Episodes read at a time: with SQLite the thread stands still for that long. */
const CHUNK = 50;

/** Attempts over a database. Several agents may act in one episode; it is listed with the one that began it. */
export function createEpisodeStore(database: Database, writer: Writer, lists: CandidateLists): EpisodeStore {
  const { db } = database;
  const fill = (rows: readonly EpisodeRow[]): Promise<KeptEpisode[]> => fillEpisodes(database, lists, rows);

  async function* all(since = 0): AsyncGenerator<KeptEpisode> {
    let after: { readonly startedAt: number; readonly id: string } = { startedAt: since, id: "" };
    while (true) {
      const { startedAt, id } = after;
      const rows = await db.selectFrom("episodes").selectAll()
        .where(({ eb, and, or }) =>
          or([eb("started_at", ">", startedAt), and([eb("started_at", "=", startedAt), eb("id", ">", id)])])
        )
        .orderBy("started_at").orderBy("id").limit(CHUNK).execute();
      yield* await fill(rows);
      if (rows.length < CHUNK) return;
      after = { startedAt: rows[CHUNK - 1].started_at, id: rows[CHUNK - 1].id };
      await breathe();
    }
  }

  return {
    end: (episode) => writer.run([episode.agent], ({ unit }) => endEpisode(database, unit, episode)),
    async recent(agent: string, limit: number): Promise<readonly KeptEpisode[]> {
      const rows = await db.selectFrom("episodes").selectAll().where("agent", "=", agent)
        .orderBy("started_at", "desc").orderBy("id", "desc").limit(limit).execute();
      const episodes: KeptEpisode[] = [];
      for (let start = 0; start < rows.length; start += CHUNK) {
        if (start > 0) await breathe();
        episodes.push(...await fill(rows.slice(start, start + CHUNK)));
      }
      return episodes;
    },
    async get(id: string): Promise<KeptEpisode | undefined> {
      return (await fill(await db.selectFrom("episodes").selectAll().where("id", "=", id).execute()))[0];
    },
    all,
    restore: (episodes) => restore(writer, episodes),
  };
}

/** An end that comes before the first step is kept as well. */
async function endEpisode(
  database: Database,
  unit: Parameters<Database["insert"]>[0],
  { id, agent, endedAt, terminated }: EndedEpisode,
): Promise<void> {
  const row = { id, agent, started_at: endedAt, ended_at: endedAt, terminated: Number(terminated) };
  const written = await database.insert(unit, "episodes", [row], "id");
  if (written.size > 0) return;
  await unit.updateTable("episodes").set({ ended_at: endedAt, terminated: Number(terminated) })
    .where("id", "=", id).where("ended_at", "is", null).execute();
}

async function fillEpisodes(
  database: Database,
  lists: CandidateLists,
  rows: readonly EpisodeRow[],
): Promise<KeptEpisode[]> {
  if (rows.length === 0) return [];
  const { db, among } = database;
  const ids = rows.map((row) => row.id);
  const steps = await db.selectFrom("steps").selectAll().where(among("episode_id", ids)).orderBy("id").execute();
  const feedback = await db.selectFrom("feedback").selectAll().where(among("episode_id", ids))
    .orderBy("received_at").orderBy("id").execute();
  const subjects = [...ids, ...steps.map((step) => step.id)];
  const rewards: RewardRow[] = await db.selectFrom("rewards").selectAll().where(among("subject", subjects))
    .orderBy("sequence").execute();
  const known = await lists.read(db, steps.map((step) => step.candidates_hash));

  const stepsOf = Map.groupBy(steps, (step) => step.episode_id);
  const feedbackOf = Map.groupBy(feedback, (row) => row.episode_id);
  const rewardsOf = Map.groupBy(rewards, (row) => row.step_id);
  return rows.map((row) => {
    const own = stepsOf.get(row.id) ?? [];
    return {
      id: row.id,
      agent: row.agent,
      startedAt: row.started_at,
      ...(row.ended_at !== null && { end: endOf(row) }),
      steps: own.map((step) => stepRow.read(step, known)),
      feedback: (feedbackOf.get(row.id) ?? []).map(feedbackRow.read),
      rewards: own.flatMap((step) => rewardsOf.get(step.id) ?? [])
        .sort((a, b) => a.sequence - b.sequence).map(rewardRow.kept),
    };
  });
}

function endOf(row: EpisodeRow): EndedEpisode {
  return { id: row.id, agent: row.agent, endedAt: row.ended_at!, terminated: row.terminated === 1 };
}
