import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { SqliteDatabase, SqliteStatement } from "kysely";
import { explainError } from "./explain_error.ts";

/** What Kysely's `SqliteDialect` needs, over `node:sqlite`: statements are prepared once, errors are explained. */
export interface SqliteConnection extends SqliteDatabase {
  /** The connection itself, for pragmas. */
  readonly raw: DatabaseSync;
}

/** Statements that are kept prepared. */
const KEPT_STATEMENTS = 256;

/** Opens a file, or memory; nothing is read or written yet. */
export function openConnection(path: string, place: string): SqliteConnection {
  const explained = <T>(call: () => T): T => {
    try {
      return call();
    } catch (error) {
      throw explainError(error, place);
    }
  };
  const raw = explained(() => new DatabaseSync(path));
  const kept = new Map<string, SqliteStatement>();

  function prepare(sql: string): SqliteStatement {
    const known = kept.get(sql);
    if (known !== undefined) return known;
    const statement = wrap(raw.prepare(sql), explained);
    if (kept.size >= KEPT_STATEMENTS) kept.delete(kept.keys().next().value!);
    kept.set(sql, statement);
    return statement;
  }

  return {
    raw,
    close: () => {
      kept.clear();
      raw.close();
    },
    prepare(sql: string): SqliteStatement {
      // A transaction that starts by reading and then writes would fail when another process wrote in between.
      if (sql === "begin") return explained(() => prepare("begin immediate"));
      // Some failures (a full disk) have rolled back already.
      if (sql === "rollback" && !raw.isTransaction) return NOTHING;
      return explained(() => prepare(sql));
    },
  };
}

const NOTHING: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
};

function wrap(statement: StatementSync, explained: <T>(call: () => T) => T): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => explained(() => statement.all(...parameters as SQLInputValue[])),
    run: (parameters) => explained(() => statement.run(...parameters as SQLInputValue[])),
    iterate: (parameters) => explained(() => statement.iterate(...parameters as SQLInputValue[])),
  };
}
