import { Kysely, PostgresDialect, sql } from "kysely";
import { EddyError } from "../../errors.ts";
import { createStore } from "../create_store.ts";
import type { Database } from "../database.ts";
import { migrate } from "../migrations/migrate.ts";
import type { Connection, JournalRow, Schema, Unit } from "../schema.ts";
import type { Store, StoreOptions } from "../store.ts";
import { openPool, type PostgresDeadlines } from "./connection.ts";
import { explainError, isPassing } from "./explain_error.ts";
import { insertRows } from "./insert_rows.ts";

/** How a PostgreSQL database is opened. */
export interface PostgresStoreOptions extends StoreOptions, PostgresDeadlines {}

/**
 * Opens a store in a PostgreSQL database (13 or newer); its tables are made where there are none. Several processes may
 * write to one database. A lost connection is made again by itself; what is added meanwhile waits for a few seconds and
 * is then refused with `store_unavailable`.
 *
 * @param url `postgres://user:password@host:port/database`.
 * @throws {EddyError} `store_unavailable` If the server does not answer or lets nobody in, or a newer Eddy wrote the tables.
 */
export async function openPostgresStore(url: string, options: PostgresStoreOptions): Promise<Store> {
  const place = placeOf(url);
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: openPool(url, place, options) }) });
  try {
    await migrate(db, "postgresql", place);
  } catch (error) {
    await db.destroy();
    throw refusal(explainError(error, place), place);
  }
  return createStore(databaseOver(db, place), options);
}

/** Host and name of the database: what may stand in a message. */
function placeOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new EddyError(
      "configuration_invalid",
      "Cannot read the address of the database: it must look like postgres://user:password@host:5432/name",
    );
  }
  return `the database '${parsed.pathname.slice(1)}' on '${parsed.host}'`;
}

function refusal(error: unknown, place: string): unknown {
  if (error instanceof EddyError || !(error instanceof Error)) return error;
  return new EddyError("store_unavailable", `Cannot open ${place}: ${error.message}`, { cause: error });
}

function databaseOver(db: Connection, place: string): Database {
  return {
    dialect: "postgresql",
    place,
    db,
    insert: insertRows,
    among: (column, values) => sql`${sql.ref(column)} = any(${[...values]}::text[])`,
    async lock(unit: Unit, agents: readonly string[]): Promise<JournalRow[]> {
      const names = [...agents].sort();
      const locked = (): Promise<JournalRow[]> =>
        unit.selectFrom("journals").selectAll().where("agent", "in", names).orderBy("agent").forUpdate().execute();
      const known = await locked();
      if (known.length === names.length) return known;
      await sql`insert into journals (agent) select unnest(${names}::text[]) on conflict do nothing`.execute(unit);
      return await locked();
    },
    async lockAll(unit: Unit): Promise<void> {
      // Writers hold this table in a weaker mode from their first statement on; readers do not mind.
      await sql`lock table journals in exclusive mode`.execute(unit);
    },
    isPassing,
    close: () => db.destroy(),
  };
}
