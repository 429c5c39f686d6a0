import { Kysely, sql, SqliteAdapter, SqliteDialect } from "kysely";
import { EddyError } from "../../errors.ts";
import { createStore } from "../create_store.ts";
import type { Database } from "../database.ts";
import { migrate } from "../migrations/migrate.ts";
import type { Connection, JournalRow, Schema, Unit } from "../schema.ts";
import type { Store, StoreOptions } from "../store.ts";
import { openConnection, type SqliteConnection } from "./connection.ts";
import { isBusy } from "./explain_error.ts";
import { insertRows } from "./insert_rows.ts";

/** How a file is opened. */
export interface SqliteStoreOptions extends StoreOptions {
  /** Largest size of the file in bytes; writes beyond it are refused with `disk_full`. Unlimited unless given. */
  readonly maximumBytes?: number;
}

/** Marks a file as Eddy's: "EDDY". */
const APPLICATION = 0x45444459;
/** Longest time that a statement waits for another process, in milliseconds; the thread stands still meanwhile. */
const BUSY_MS = 100;
/** How often opening is tried while another process makes the same file. */
const OPENING_ATTEMPTS = 40;

/**
 * Opens a store in one SQLite file, which is made where there is none; `:memory:` keeps nothing.
 *
 * Write-ahead log, and a sync to disk before anything is acknowledged. Several processes may open one file; each waits
 * for the others' transactions.
 *
 * @throws {EddyError} `store_unavailable` If the file cannot be opened or written, is damaged, belongs to another program
 * or was written by a newer Eddy.
 */
export async function openSqliteStore(path: string, options: SqliteStoreOptions): Promise<Store> {
  const place = path === ":memory:" ? "the store in memory" : `the store '${path}'`;
  const connection = openConnection(path, place);
  const db = new Kysely<Schema>({ dialect: dialectOver(connection) });
  try {
    await patiently(() => prepareFile(connection, db, place, options));
  } catch (error) {
    await db.destroy();
    if (connection.raw.isOpen) connection.close();
    throw error;
  }
  return createStore(databaseOver(connection, db, place), options);
}

/** Kysely's own dialect; SQLite's tables can be made inside a transaction, so that two processes never make them both. */
function dialectOver(connection: SqliteConnection): SqliteDialect {
  const dialect = new SqliteDialect({ database: connection });
  dialect.createAdapter = () => new TransactionalAdapter();
  return dialect;
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

async function prepareFile(
  connection: SqliteConnection,
  db: Connection,
  place: string,
  options: SqliteStoreOptions,
): Promise<void> {
  const pragma = (text: string): Record<string, unknown> =>
    (connection.prepare(`pragma ${text}`).all([])[0] ?? {}) as Record<string, unknown>;
  pragma(`busy_timeout = ${BUSY_MS}`);
  const owner = pragma("application_id").application_id;
  const tables = connection.prepare("select count(*) as tables from sqlite_schema").all([])[0] as { tables: number };
  if (tables.tables > 0 && owner !== APPLICATION) {
    throw new EddyError(
      "store_unavailable",
      `Cannot use ${place}: it is a database of another program. Name another file`,
    );
  }
  if (pragma("journal_mode").journal_mode !== "wal") pragma("journal_mode = wal");
  pragma("synchronous = full");
  pragma("cache_size = -65536");
  pragma("temp_store = memory");
  if (options.maximumBytes !== undefined) {
    const page = Number(pragma("page_size").page_size);
    pragma(`max_page_count = ${Math.max(1, Math.floor(options.maximumBytes / page))}`);
  }
  await db.transaction().execute(async (unit) => {
    // Written each time, so that a file that may only be read is told at once and not with the first decision.
    await sql.raw(`pragma application_id = ${APPLICATION}`).execute(unit);
    await migrate(unit, "sqlite", place);
  });
}

async function patiently(attempt: () => Promise<void>): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error) || tries >= OPENING_ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

function databaseOver(connection: SqliteConnection, db: Connection, place: string): Database {
  return {
    dialect: "sqlite",
    place,
    db,
    insert: insertRows,
    among: (column, values) => sql`${sql.ref(column)} in (select value from json_each(${JSON.stringify(values)}))`,
    async lock(unit: Unit, agents: readonly string[]): Promise<JournalRow[]> {
      // The transaction began as the only writer of the whole file.
      const known = await unit.selectFrom("journals").selectAll().where("agent", "in", [...agents]).execute();
      const unknown = agents.filter((agent) => !known.some((journal) => journal.agent === agent));
      if (unknown.length === 0) return known;
      const made = await unit.insertInto("journals").values(unknown.map((agent) => ({ agent }) as never))
        .returningAll().execute();
      return [...known, ...made];
    },
    lockAll: () => Promise.resolve(),
    isPassing: isBusy,
    async close(): Promise<void> {
      await db.destroy();
      if (connection.raw.isOpen) connection.close();
    },
  };
}
