import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { EddyError } from "../../src/errors.ts";
import { openSqliteStore, openThreadedStore, type SqliteStoreOptions, type Store } from "../../src/store/mod.ts";
import { judgement, METRICS, step } from "./_builders.ts";
import { nothingAcknowledged, nothingLost, writeUntilKilled } from "./_crash.ts";
import { numbers } from "./_numbers.ts";

const KILLS = 15;

type Opener = typeof openSqliteStore;

const opening = (opener: Opener) => (path: string, options: Partial<SqliteStoreOptions> = {}): Promise<Store> =>
  opener(path, { metrics: { router: METRICS }, ...options });

/** Runs a test in a folder of its own. */
function inFolder(test: (folder: string) => Promise<void>): () => Promise<void> {
  return async () => {
    const folder = Deno.makeTempDirSync({ prefix: "eddy-store-" });
    try {
      await test(folder);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  };
}

/** Whether permissions do not bind us: root with all its capabilities. */
function mayWriteEverything(): boolean {
  const path = Deno.makeTempFileSync();
  try {
    Deno.chmodSync(path, 0o444);
    Deno.openSync(path, { write: true }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  } finally {
    Deno.removeSync(path);
  }
}

async function refusal(attempt: Promise<unknown>): Promise<EddyError> {
  const error = await attempt.then(() => undefined, (error: unknown) => error);
  ok(error instanceof EddyError, `expected an EddyError, got ${error}`);
  return error;
}

describe("a SQLite store of a killed process", () => {
  const open = opening(openSqliteStore);
  it(
    `loses nothing acknowledged and rewards nothing twice, killed at ${KILLS} moments`,
    inFolder(async (folder) => {
      const path = `${folder}/eddy.db`;
      const acknowledged = nothingAcknowledged();
      const moments = numbers(20_261_121, 1, 900);
      for (let kill = 0; kill < KILLS; kill++) {
        await writeUntilKilled(path, acknowledged, moments());
        const raw = new DatabaseSync(path);
        deepEqual({ ...raw.prepare("pragma integrity_check").get() }, { integrity_check: "ok" });
        raw.close();
        await using store = await open(path);
        await nothingLost(store, acknowledged);
      }
      ok(acknowledged.feedback.size > 100);
    }),
  );

  it(
    "lets several processes make one new file at once, write to it, and be killed",
    inFolder(async (folder) => {
      const path = `${folder}/eddy.db`;
      const acknowledged = nothingAcknowledged();
      await Promise.all([300, 301, 302].map((first) => writeUntilKilled(path, acknowledged, 200, first)));
      await using store = await open(path);
      await nothingLost(store, acknowledged);
    }),
  );
});

for (const opener of [openSqliteStore, openThreadedStore]) troubles(opener);

function troubles(opener: Opener): void {
  const open = opening(opener);
  describe(`${opener.name}() of a file that cannot be used`, () => {
    it(
      "names the folder's trouble when it cannot be opened",
      inFolder(async (folder) => {
        const error = await refusal(open(`${folder}/nowhere/eddy.db`));
        equal(error.code, "store_unavailable");
        match(error.message, /^Cannot use the store '.*nowhere\/eddy\.db': the file cannot be opened/);
      }),
    );

    it(
      "refuses a file that is no database, and leaves it as it is",
      inFolder(async (folder) => {
        const path = `${folder}/notes.txt`;
        Deno.writeTextFileSync(path, "Dear diary, ".repeat(500));
        const error = await refusal(open(path));
        equal(error.code, "store_unavailable");
        match(error.message, /something else than a database/);
        equal(Deno.readTextFileSync(path), "Dear diary, ".repeat(500));
      }),
    );

    it(
      "refuses a database of another program, and leaves it as it is",
      inFolder(async (folder) => {
        const path = `${folder}/other.db`;
        const other = new DatabaseSync(path);
        other.exec("create table steps (a); insert into steps values (1)");
        other.close();
        const error = await refusal(open(path));
        equal(error.code, "store_unavailable");
        match(error.message, /another program/);
        const again = new DatabaseSync(path);
        deepEqual(again.prepare("select name from sqlite_schema").all().map((row) => row.name), ["steps"]);
        again.close();
      }),
    );

    it(
      "refuses a database that a newer Eddy wrote, and says what to do",
      inFolder(async (folder) => {
        const path = `${folder}/eddy.db`;
        await (await open(path))[Symbol.asyncDispose]();
        const raw = new DatabaseSync(path);
        raw.exec("insert into kysely_migration (name, timestamp) values ('9999_future', '')");
        raw.close();
        const error = await refusal(open(path));
        equal(error.code, "store_unavailable");
        match(error.message, /newer Eddy wrote it \(migration '9999_future'.*Run that version/);
      }),
    );

    it(
      "tells of damage and does not crash",
      inFolder(async (folder) => {
        const path = `${folder}/eddy.db`;
        {
          await using store = await open(path);
          const steps = Array.from({ length: 2_000 }, (_, n) => step(n));
          await store.steps.add(steps);
          await store.feedback.add(steps.map((each) => judgement(each)));
        }
        const bytes = Deno.readFileSync(path);
        // The first page holds the schema; all pages behind the tables' roots are noise.
        const noise = numbers(1, 0, 255);
        for (let n = 40 * 4096; n < bytes.length; n++) bytes[n] = noise();
        Deno.writeFileSync(path, bytes);
        const store = await open(path);
        const error = await refusal((async () => {
          for await (const episode of store.episodes.all()) ok(episode);
          await store.rewards.after("router", 0, 10_000);
        })());
        equal(error.code, "store_unavailable");
        match(error.message, /the file is damaged/);
        await store[Symbol.asyncDispose]();
      }),
    );

    const mayAll = mayWriteEverything();
    (mayAll ? it.skip : it)(
      `refuses a file that may only be read${mayAll ? " (skipped: this user may write everything)" : ""}`,
      inFolder(async (folder) => {
        const path = `${folder}/eddy.db`;
        await (await open(path))[Symbol.asyncDispose]();
        Deno.chmodSync(path, 0o444);
        const error = await refusal(open(path));
        equal(error.code, "store_unavailable");
        match(error.message, /may only be read/);
      }),
    );
  });

  describe(`${opener.name}() in trouble`, () => {
    it(
      "refuses with 'disk_full' when there is no room, keeps what it has, and writes again once there is room",
      inFolder(async (folder) => {
        const path = `${folder}/eddy.db`;
        const kept: number[] = [];
        {
          await using store = await open(path, { maximumBytes: 400_000 });
          let error: unknown;
          for (let n = 0; error === undefined; n++) {
            await store.steps.add([step(n)]).then(() => kept.push(n), (cause: unknown) => error = cause);
          }
          ok(error instanceof EddyError && error.code === "disk_full", `got ${error}`);
          ok(kept.length > 10);
          await rejects(store.steps.add(Array.from({ length: 500 }, (_, n) => step(100_000 + n))), {
            code: "disk_full",
          });
          equal((await store.steps.get(step(kept.at(-1)!).id))?.id, step(kept.at(-1)!).id);
          ok(await store.ping(1_000));
        }
        await using store = await open(path);
        for (const n of kept) ok(await store.steps.get(step(n).id));
        await store.steps.add([step(100_000)]);
      }),
    );

    it(
      "waits while another process writes, and then gives up with 'store_unavailable'",
      inFolder(async (folder) => {
        const path = `${folder}/eddy.db`;
        await using store = await open(path, { patienceMs: 100 });
        const other = new DatabaseSync(path);
        other.exec("begin immediate");
        const waiting = store.steps.add([step(1)]);
        const error = await refusal(waiting);
        equal(error.code, "store_unavailable");
        match(error.message, /another process writes/);
        const next = store.steps.add([step(2)]).catch((cause: unknown) => cause);
        other.exec("rollback");
        other.close();
        await next;
        await store.steps.add([step(2)]);
        ok(await store.steps.get(step(2).id));
        equal(await store.steps.get(step(1).id), undefined);
      }),
    );

    it("lives in memory as well", async () => {
      await using store = await open(":memory:");
      await store.steps.add([step(1)]);
      await store.feedback.add([judgement(step(1))]);
      equal(await store.rewards.last("router"), 1);
    });
  });
}
