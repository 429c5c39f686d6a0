import type { StepRecord } from "../episode/mod.ts";
import type { CandidateLists } from "./candidate_lists.ts";
import type { Database } from "./database.ts";
import type { StepRow } from "./schema.ts";
import { stepRow } from "./step_row.ts";
import type { StepStore } from "./store.ts";
import type { Writer } from "./writer.ts";

/** Decisions over a database. */
export function createStepStore({ db }: Database, writer: Writer, lists: CandidateLists): StepStore {
  async function read(rows: readonly StepRow[]): Promise<StepRecord[]> {
    const known = await lists.read(db, rows.map((row) => row.candidates_hash));
    return rows.map((row) => stepRow.read(row, known));
  }
  return {
    add: (steps) => writer.addSteps(steps),
    async ofEpisode(episodeId: string): Promise<readonly StepRecord[]> {
      return await read(
        await db.selectFrom("steps").selectAll().where("episode_id", "=", episodeId).orderBy("id").execute(),
      );
    },
    async get(id: string): Promise<StepRecord | undefined> {
      return (await read(await db.selectFrom("steps").selectAll().where("id", "=", id).execute()))[0];
    },
  };
}
