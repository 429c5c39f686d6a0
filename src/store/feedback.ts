import type { Database } from "./database.ts";
import { feedbackRow } from "./feedback_row.ts";
import { settle } from "./settle.ts";
import type { FeedbackStore, KeptFeedback } from "./store.ts";
import type { Writer } from "./writer.ts";

const KINDS = ["joined", "early", "orphaned", "late", "superseded", "duplicate", "conflict"] as const;

/** Judgements over a database. */
export function createFeedbackStore(database: Database, writer: Writer): FeedbackStore {
  const { db } = database;
  return {
    add: (feedback) => writer.addFeedback(feedback),
    settle: (now) => settle(database, writer, now),
    async counts(agent: string): ReturnType<FeedbackStore["counts"]> {
      const row = await db.selectFrom("journals").select(KINDS).where("agent", "=", agent).executeTakeFirst();
      return row ? { ...row } : { joined: 0, early: 0, orphaned: 0, late: 0, superseded: 0, duplicate: 0, conflict: 0 };
    },
    async ofEpisode(episodeId: string): Promise<readonly KeptFeedback[]> {
      const rows = await db.selectFrom("feedback").selectAll().where("episode_id", "=", episodeId)
        .orderBy("received_at").orderBy("id").execute();
      return rows.map(feedbackRow.read);
    },
  };
}
