import { sql } from "kysely";
import type { Schema, Unit } from "../schema.ts";

/** See {@linkcode import("../database.ts").Database.insert}: one statement with one parameter, however many rows. */
export async function insertRows<Table extends keyof Schema>(
  unit: Unit,
  table: Table,
  rows: readonly Schema[Table][],
  returning: keyof Schema[Table] & string,
): Promise<ReadonlySet<string>> {
  if (rows.length === 0) return new Set();
  const into = sql.table(table);
  const columns = sql.join(Object.keys(rows[0]).map((column) => sql.ref(column)));
  const result = await sql<Record<string, string>>`
    insert into ${into} (${columns})
    select ${columns} from json_populate_recordset(null::${into}, ${JSON.stringify(rows)}::json)
    on conflict do nothing returning ${sql.ref(returning)}`.execute(unit);
  return new Set(result.rows.map((row) => row[returning]));
}
