import { DatabaseSync } from "node:sqlite";
import type { KeptItem, OutboxItem, OutboxStorage } from "./outbox_storage.ts";

/** How the file is written. */
export interface SqliteOutboxOptions {
  /** Longest time that a write waits for others to share its commit, milliseconds. Default 2. */
  readonly groupMs?: number;
}

const SCHEMA = `
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma busy_timeout = 5000;
  create table if not exists item (
    position integer primary key autoincrement,
    body text not null,
    bytes integer not null,
    reason text
  ) strict;
  create index if not exists item_set_aside on item (position) where reason is not null;
  create index if not exists item_pending on item (position) where reason is null;
  create table if not exists document (name text primary key, content blob not null) strict;
`;

interface Row {
  readonly position: number;
  readonly body: string;
  readonly bytes: number;
  readonly reason: string;
}

/**
 * An outbox in one SQLite file: write-ahead log, every commit on disk before it is told, writes that come close together in
 * one commit.
 *
 * The only SQL outside of `store`: an edge carries its own two tables and none of the centre's schema.
 *
 * @param path A file that no other process has open; `:memory:` for tests that do not restart.
 */
export function sqliteOutboxStorage(path: string, { groupMs = 2 }: SqliteOutboxOptions = {}): OutboxStorage {
  const database = new DatabaseSync(path);
  database.exec(SCHEMA);
  const insert = database.prepare("insert into item (body, bytes) values (?, ?)");
  const pending = database.prepare("select * from item where reason is null order by position limit ?");
  const aside = database.prepare("select * from item where reason is not null order by position limit ?");
  const remove = database.prepare("delete from item where position = ?");
  const setAside = database.prepare("update item set reason = ? where position = ?");
  const readmit = database.prepare("update item set reason = null where reason is not null");
  const count = database.prepare(
    `select count(*) filter (where reason is null) as pending, count(reason) as setAside,
       coalesce(sum(bytes) filter (where reason is null), 0) as pendingBytes from item`,
  );
  const keep = database.prepare("insert or replace into document (name, content) values (?, ?)");
  const kept = database.prepare("select content from document where name = ?");

  let writes: {
    readonly write: () => void;
    readonly resolve: () => void;
    readonly reject: (error: unknown) => void;
  }[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Runs everything that waits in one transaction. */
  function commit(): void {
    clearTimeout(timer);
    timer = undefined;
    const group = writes;
    writes = [];
    if (group.length === 0) return;
    try {
      database.exec("begin immediate");
      for (const { write } of group) write();
      database.exec("commit");
      for (const { resolve } of group) resolve();
    } catch (error) {
      if (database.isTransaction) database.exec("rollback");
      for (const { reject } of group) reject(error);
    }
  }

  function write(change: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      writes.push({ write: change, resolve, reject });
      timer ??= setTimeout(commit, groupMs);
    });
  }

  return {
    async append(items): Promise<number> {
      const bodies = items.map((item) => JSON.stringify(item));
      const lengths = bodies.map((body) => new TextEncoder().encode(body).length);
      await write(() => bodies.forEach((body, index) => insert.run(body, lengths[index])));
      return lengths.reduce((sum, length) => sum + length, 0);
    },
    pending: (limit) => Promise.resolve((pending.all(limit) as unknown as Row[]).map(itemOf)),
    remove: (items) => write(() => items.forEach(({ position }) => remove.run(position))),
    setAside: ({ position }, reason) => write(() => setAside.run(reason, position)),
    asides: (limit) =>
      Promise.resolve((aside.all(limit) as unknown as Row[]).map((row) => ({ ...itemOf(row), reason: row.reason }))),
    readmit: () => write(() => readmit.run()),
    counts: () => {
      const { pending, pendingBytes, setAside } = count.get() as Record<string, number>;
      return Promise.resolve({ pending, pendingBytes, setAside });
    },
    keep: (name, document) => write(() => keep.run(name, document)),
    kept: (name) => Promise.resolve(kept.get(name)?.content as Uint8Array | undefined),
    [Symbol.asyncDispose]: () => {
      commit();
      database.close();
      return Promise.resolve();
    },
  };
}

function itemOf({ position, body, bytes }: Row): KeptItem {
  return { position, bytes, item: JSON.parse(body) as OutboxItem };
}
