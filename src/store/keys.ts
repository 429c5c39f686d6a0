import type { Database } from "./database.ts";
import type { KeyRow } from "./schema.ts";
import type { KeyStore, StoredKey } from "./store.ts";
import type { Writer } from "./writer.ts";

/** Keys over a database: only their hashes. */
export function createKeyStore({ db }: Database, writer: Writer): KeyStore {
  return {
    add: (key) =>
      writer.run([], async ({ unit }) => {
        await unit.insertInto("keys").values({
          id: key.id,
          name: key.name,
          hash: key.hash,
          scopes: JSON.stringify(key.scopes),
          created_at: key.createdAt,
          revoked_at: key.revokedAt ?? null,
        }).execute();
      }),
    async list(): Promise<readonly StoredKey[]> {
      return (await db.selectFrom("keys").selectAll().orderBy("created_at").orderBy("id").execute()).map(keyOf);
    },
    revoke: (id, at) =>
      writer.run([], async ({ unit }) => {
        const { numUpdatedRows } = await unit.updateTable("keys").set({ revoked_at: at })
          .where("id", "=", id).where("revoked_at", "is", null).executeTakeFirst();
        return numUpdatedRows > 0n;
      }),
  };
}

function keyOf(row: KeyRow): StoredKey {
  return {
    id: row.id,
    name: row.name,
    hash: row.hash,
    scopes: JSON.parse(row.scopes),
    createdAt: row.created_at,
    ...(row.revoked_at !== null && { revokedAt: row.revoked_at }),
  };
}
