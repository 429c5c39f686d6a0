import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { EddyError } from "../../errors.ts";
import type { Connection, Unit } from "../schema.ts";
import { first } from "./first.ts";

/** Every migration in order; names are kept in the database and never change. */
function migrations(dialect: "sqlite" | "postgresql"): Record<string, Migration> {
  return { "0001_first": first(dialect) };
}

/**
 * Brings a database to this version's tables; an up-to-date one is left alone.
 *
 * @param place What the database is called in messages; holds no secrets.
 * @throws {EddyError} `store_unavailable` If a newer Eddy wrote it.
 */
export async function migrate(db: Connection | Unit, dialect: "sqlite" | "postgresql", place: string): Promise<void> {
  const known = migrations(dialect);
  await refuseNewer(db as Kysely<unknown>, known, place);
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(known) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

async function refuseNewer(db: Kysely<unknown>, known: Record<string, Migration>, place: string): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === "kysely_migration")) return;
  const done = await (db as Kysely<{ kysely_migration: { name: string } }>)
    .selectFrom("kysely_migration").select("name").orderBy("name").execute();
  const newer = done.find(({ name }) => !(name in known));
  if (newer === undefined) return;
  throw new EddyError(
    "store_unavailable",
    `Cannot open ${place}: a newer Eddy wrote it (migration '${newer.name}' is not known here). ` +
      "Run that version of Eddy, or name another database",
  );
}
