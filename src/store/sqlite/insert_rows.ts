import { CompiledQuery } from "kysely";
import type { Schema, Unit } from "../schema.ts";

/** Rows of one statement: few sizes, so that every statement is prepared once and used again. */
const SIZES = [64, 8, 1];
const texts = new Map<string, string>();

/** See {@linkcode import("../database.ts").Database.insert}: multi-row inserts. */
export async function insertRows<Table extends keyof Schema>(
  unit: Unit,
  table: Table,
  rows: readonly Schema[Table][],
  returning: keyof Schema[Table] & string,
): Promise<ReadonlySet<string>> {
  const written = new Set<string>();
  if (rows.length === 0) return written;
  const columns = Object.keys(rows[0]) as (keyof Schema[Table] & string)[];
  let start = 0;
  while (start < rows.length) {
    const size = SIZES.find((each) => each <= rows.length - start)!;
    const parameters: unknown[] = [];
    for (let index = start; index < start + size; index++) {
      for (const column of columns) parameters.push(rows[index][column]);
    }
    const text = textOf(table, columns, size, returning);
    const result = await unit.executeQuery<Record<string, string>>(CompiledQuery.raw(text, parameters));
    for (const row of result.rows) written.add(row[returning]);
    start += size;
  }
  return written;
}

function textOf(table: string, columns: readonly string[], size: number, returning: string): string {
  const name = `${table} ${size} ${returning} ${columns.join()}`;
  let text = texts.get(name);
  if (text === undefined) {
    const row = `(${columns.map(() => "?").join(", ")})`;
    text = `insert into "${table}" ("${columns.join('", "')}") values ${Array(size).fill(row).join(", ")} ` +
      `on conflict do nothing returning "${returning}"`;
    texts.set(name, text);
  }
  return text;
}
