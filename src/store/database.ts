import type { RawBuilder, SqlBool } from "kysely";
import type { Connection, JournalRow, Schema, Unit } from "./schema.ts";

/** What the dialects do differently; everything else is written once over Kysely. */
export interface Database {
  /** Which one. */
  readonly dialect: "sqlite" | "postgresql";
  /** What it is called in messages; holds no secrets. */
  readonly place: string;
  /** Reads, and transactions. */
  readonly db: Connection;
  /**
   * Writes rows, leaving those out that break a unique constraint. All rows must have the same columns.
   *
   * @returns The values of the column `returning` of the rows that were written.
   */
  insert<Table extends keyof Schema>(
    unit: Unit,
    table: Table,
    rows: readonly Schema[Table][],
    returning: keyof Schema[Table] & string,
  ): Promise<ReadonlySet<string>>;
  /** The condition that a column holds one of these values, however many: with one parameter, so with one text. */
  among(column: string, values: readonly string[]): RawBuilder<SqlBool>;
  /** Makes this transaction the only writer of these agents until it ends, and reads their journals. */
  lock(unit: Unit, agents: readonly string[]): Promise<JournalRow[]>;
  /** Makes this transaction the only writer of all agents until it ends. */
  lockAll(unit: Unit): Promise<void>;
  /** Whether trying the same again may help: the connection was lost, or another writer was in the way. */
  isPassing(error: unknown): boolean;
  /** Gives everything back. */
  close(): Promise<void>;
}
