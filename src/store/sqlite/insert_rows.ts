import { CompiledQuery } from "kysely";
import type { Schema, Unit } from "../schema.ts";

/** Rows of one statement: few sizes, so that every statement is prepared once and used again. */
const SIZES = [64, 8, 1];
const known = new Map<string, ReadonlyMap<number, string>>();

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
  const texts = textsOf(table, columns, returning);
  let start = 0;
  while (start < rows.length) {
    const size = SIZES.find((each) => each <= rows.length - start)!;
    const parameters: unknown[] = [];
    for (let index = start; index < start + size; index++) {
      for (const column of columns) parameters.push(rows[index][column]);
    }
    const result = await unit.executeQuery<Record<string, string>>(CompiledQuery.raw(texts.get(size)!, parameters));
    for (const row of result.rows) written.add(row[returning]);
    start += size;
  }
  return written;
}

/** One text for each size. */
function textsOf(table: string, columns: readonly string[], returning: string): ReadonlyMap<number, string> {
  const name = `${table} ${returning} ${columns}`;
  let sized = known.get(name);
  if (sized === undefined) {
    const row = `(${columns.map(() => "?").join(", ")})`;
    const text = (size: number): string =>
      `insert into "${table}" ("${columns.join('", "')}") values ${Array(size).fill(row).join(", ")} ` +
      `on conflict do nothing returning "${returning}"`;
    sized = new Map(SIZES.map((size) => [size, text(size)]));
    known.set(name, sized);
  }
  return sized;
}
