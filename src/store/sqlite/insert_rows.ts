import { CompiledQuery } from "kysely";
import type { Schema, Unit } from "../schema.ts";

/** Rows of one statement: few sizes, so that every statement is prepared once and used again. */
const SIZES = [64, 8, 1];

/** An insert of some rows, with and without telling which of them were written. */
interface Insert {
  readonly silent: string;
  readonly telling: string;
}

const known = new Map<string, ReadonlyMap<number, Insert>>();

/**
 * See {@linkcode import("../database.ts").Database.insert}: multi-row inserts. Rows are nearly always new, and to be told
 * which were written costs a third of the insert: it is done again, telling, only where one of them was not.
 */
export async function insertRows<Table extends keyof Schema>(
  unit: Unit,
  table: Table,
  rows: readonly Schema[Table][],
  returning: keyof Schema[Table] & string,
): Promise<ReadonlySet<string>> {
  const written = new Set<string>();
  if (rows.length === 0) return written;
  const columns = Object.keys(rows[0]) as (keyof Schema[Table] & string)[];
  const inserts = insertsInto(table, columns, returning);
  const run = (text: string): Promise<unknown> => unit.executeQuery(CompiledQuery.raw(text));
  for (let start = 0; start < rows.length;) {
    const size = SIZES.find((each) => each <= rows.length - start)!;
    const part = rows.slice(start, start + size);
    const parameters: unknown[] = [];
    for (const row of part) for (const column of columns) parameters.push(row[column]);
    const { silent, telling } = inserts.get(size)!;
    await run("savepoint rows");
    const { numAffectedRows } = await unit.executeQuery(CompiledQuery.raw(silent, parameters));
    if (numAffectedRows === BigInt(size)) {
      for (const row of part) written.add(row[returning] as string);
    } else {
      await run("rollback to rows");
      const result = await unit.executeQuery<Record<string, string>>(CompiledQuery.raw(telling, parameters));
      for (const row of result.rows) written.add(row[returning]);
    }
    await run("release rows");
    start += size;
  }
  return written;
}

/** One for each size. */
function insertsInto(table: string, columns: readonly string[], returning: string): ReadonlyMap<number, Insert> {
  const name = `${table} ${returning} ${columns}`;
  let sized = known.get(name);
  if (sized === undefined) {
    const row = `(${columns.map(() => "?").join(", ")})`;
    sized = new Map(SIZES.map((size) => {
      const silent = `insert into "${table}" ("${columns.join('", "')}") values ${Array(size).fill(row).join(", ")} ` +
        "on conflict do nothing";
      return [size, { silent, telling: `${silent} returning "${returning}"` }];
    }));
    known.set(name, sized);
  }
  return sized;
}
