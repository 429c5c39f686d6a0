import { type CreateTableBuilder, type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** The tables of the first version. */
export function first(dialect: "sqlite" | "postgresql"): Migration {
  const bytes = dialect === "sqlite" ? sql`blob` : sql`bytea`;
  // Small rows stand in the tree of their key: one tree less to write.
  const clustered = <Table extends string, Column extends string>(
    table: CreateTableBuilder<Table, Column>,
  ): CreateTableBuilder<Table, Column> => dialect === "sqlite" ? table.modifyEnd(sql`without rowid`) : table;
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema.createTable("journals")
        .addColumn("agent", "text", (column) => column.primaryKey().notNull())
        .addColumn("last_sequence", "bigint", (column) => column.notNull().defaultTo(0))
        .addColumn("forgets", "bigint", (column) => column.notNull().defaultTo(0))
        .addColumn("joined", "bigint", (column) => column.notNull().defaultTo(0))
        .addColumn("early", "bigint", (column) => column.notNull().defaultTo(0))
        .addColumn("orphaned", "bigint", (column) => column.notNull().defaultTo(0))
        .addColumn("late", "bigint", (column) => column.notNull().defaultTo(0))
        .addColumn("superseded", "bigint", (column) => column.notNull().defaultTo(0))
        .addColumn("duplicate", "bigint", (column) => column.notNull().defaultTo(0))
        .addColumn("conflict", "bigint", (column) => column.notNull().defaultTo(0))
        .addColumn("judged", "text", (column) => column.notNull().defaultTo("{}"))
        .execute();

      await db.schema.createTable("episodes")
        .addColumn("id", "text", (column) => column.primaryKey().notNull())
        .addColumn("agent", "text", (column) => column.notNull())
        .addColumn("started_at", "bigint", (column) => column.notNull())
        .addColumn("ended_at", "bigint")
        .addColumn("terminated", "integer")
        .$call(clustered)
        .execute();
      await db.schema.createIndex("episodes_of_agent").on("episodes").columns(["agent", "started_at"]).execute();
      await db.schema.createIndex("episodes_by_time").on("episodes").columns(["started_at", "id"]).execute();

      await db.schema.createTable("candidate_lists")
        .addColumn("hash", "text", (column) => column.primaryKey().notNull())
        .addColumn("candidates", "text", (column) => column.notNull())
        .execute();

      await db.schema.createTable("steps")
        .addColumn("id", "text", (column) => column.primaryKey().notNull())
        .addColumn("episode_id", "text", (column) => column.notNull())
        .addColumn("agent", "text", (column) => column.notNull())
        .addColumn("policy_version", "integer", (column) => column.notNull())
        .addColumn("arm", "text", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("turns", "text", (column) => column.notNull())
        .addColumn("candidates_hash", "text")
        .addColumn("action", "text", (column) => column.notNull())
        .addColumn("choice", "integer")
        .addColumn("propensity", "double precision", (column) => column.notNull())
        .addColumn("probabilities", "text")
        .addColumn("seed", "bigint", (column) => column.notNull())
        .addColumn("value", "double precision")
        .addColumn("replay", "text")
        .addColumn("shadow_action", "text")
        .addColumn("settle_at", "bigint")
        .execute();
      await db.schema.createIndex("steps_of_episode").on("steps").columns(["episode_id", "id"]).execute();
      await sql`create index steps_with_list on steps (candidates_hash) where candidates_hash is not null`.execute(db);
      await sql`create index steps_to_settle on steps (settle_at) where settle_at is not null`.execute(db);

      await db.schema.createTable("feedback")
        .addColumn("id", "text", (column) => column.notNull())
        .addColumn("agent", "text", (column) => column.notNull())
        .addColumn("key", "text", (column) => column.notNull())
        .addColumn("metric", "text", (column) => column.notNull())
        .addColumn("episode_id", "text", (column) => column.notNull())
        .addColumn("step_id", "text")
        .addColumn("value", "text", (column) => column.notNull())
        .addColumn("author", "text", (column) => column.notNull())
        .addColumn("received_at", "bigint", (column) => column.notNull())
        .addColumn("status", "text", (column) => column.notNull())
        .addColumn("due_at", "bigint")
        .addUniqueConstraint("feedback_key", ["agent", "key"])
        .execute();
      await db.schema.createIndex("feedback_of_episode").on("feedback").columns(["episode_id"]).execute();
      await sql`create index feedback_waiting on feedback (due_at) where due_at is not null`.execute(db);
      await sql`create index feedback_orphaned on feedback (received_at) where status = 'orphaned'`.execute(db);

      await db.schema.createTable("rewards")
        .addColumn("agent", "text", (column) => column.notNull())
        .addColumn("sequence", "bigint", (column) => column.notNull())
        .addColumn("step_id", "text", (column) => column.notNull())
        .addColumn("subject", "text", (column) => column.notNull())
        .addColumn("metric", "text", (column) => column.notNull())
        .addColumn("reward", "double precision", (column) => column.notNull())
        .addColumn("source", "text", (column) => column.notNull())
        .addColumn("correction", "text")
        .addColumn("settled_at", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("rewards_place", ["agent", "sequence"])
        .addUniqueConstraint("rewards_once", ["subject", "metric", "agent"])
        .$call(clustered)
        .execute();

      await db.schema.createTable("policy_versions")
        .addColumn("agent", "text", (column) => column.notNull())
        .addColumn("version", "integer", (column) => column.notNull())
        .addColumn("parent", "integer")
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("learned_up_to", "bigint", (column) => column.notNull())
        .addColumn("skipped", "text")
        .addColumn("content_hash", "text")
        .addColumn("bytes", "bigint")
        .addColumn("report", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("policy_versions_place", ["agent", "version"])
        .execute();
      await db.schema.createTable("snapshots")
        .addColumn("content_hash", "text", (column) => column.primaryKey().notNull())
        .addColumn("snapshot", bytes, (column) => column.notNull())
        .execute();
      await db.schema.createTable("publications")
        .addColumn("agent", "text", (column) => column.notNull())
        .addColumn("position", "bigint", (column) => column.notNull())
        .addColumn("at", "bigint", (column) => column.notNull())
        .addColumn("action", "text", (column) => column.notNull())
        .addColumn("version", "integer", (column) => column.notNull())
        .addColumn("assignment", "text", (column) => column.notNull())
        .addColumn("reason", "text", (column) => column.notNull())
        .addColumn("by", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("publications_place", ["agent", "position"])
        .execute();

      await db.schema.createTable("keys")
        .addColumn("id", "text", (column) => column.primaryKey().notNull())
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("hash", "text", (column) => column.notNull().unique())
        .addColumn("scopes", "text", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("revoked_at", "bigint")
        .execute();
    },
  };
}
