import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import pg from "pg";
import { EddyError } from "../../src/errors.ts";
import { openPostgresStore, type PostgresStoreOptions, type Store } from "../../src/store/mod.ts";
import { judgement, METRICS, step } from "./_builders.ts";
import { nothingAcknowledged, nothingLost, writeUntilKilled } from "./_crash.ts";
import { numbers } from "./_numbers.ts";
import { postgresPrograms, type PostgresServer, startPostgres } from "./_postgres_server.ts";
import { storeConformance } from "./conformance.ts";

const CLIENT_KILLS = 4;
const SERVER_KILLS = 3;

const programs = postgresPrograms();
const open = (url: string, options: Partial<PostgresStoreOptions> = {}): Promise<Store> =>
  openPostgresStore(url, { metrics: { router: METRICS }, ...options });

if (programs === undefined) {
  it.skip("PostgreSQL: no server programs in /usr/lib/postgresql (`.ci/setup services` installs them)", () => {});
} else {
  describe("PostgreSQL", () => {
    let server: PostgresServer;
    beforeAll(async () => void (server = await startPostgres(programs)));
    afterAll(async () => await server[Symbol.asyncDispose]());

    storeConformance("PostgreSQL", async () => {
      const url = await server.database();
      return (options) => open(url, options);
    });

    it("refuses tables that a newer Eddy wrote, and says what to do", async () => {
      const url = await server.database();
      await (await open(url))[Symbol.asyncDispose]();
      const client = new pg.Client(url);
      await client.connect();
      await client.query("insert into kysely_migration (name, timestamp) values ('9999_future', '')");
      await client.end();
      await rejects(open(url), (error: EddyError) => {
        equal(error.code, "store_unavailable");
        match(error.message, /newer Eddy wrote it \(migration '9999_future'/);
        return true;
      });
    });

    it("says where it cannot connect, without the password", async () => {
      const url = (await server.database()).replace("eddy@", "eddy:secret@");
      for (
        const [address, reason] of [[url.replace(/:\d+\//, ":1/"), /does not answer/], [`${url}_not`, /not exist/]]
      ) {
        await rejects(open(address as string), (error: EddyError) => {
          equal(error.code, "store_unavailable");
          match(error.message, reason as RegExp);
          ok(!error.message.includes("secret"));
          return true;
        });
      }
      await rejects(open("mysql://x"), { code: "configuration_invalid" });
    });

    it("loses nothing acknowledged and rewards nothing twice when the client is killed", async () => {
      const url = await server.database();
      const acknowledged = nothingAcknowledged();
      const moments = numbers(7, 1, 600);
      for (let kill = 0; kill < CLIENT_KILLS; kill++) {
        await writeUntilKilled(url, acknowledged, moments());
        await using store = await open(url);
        await nothingLost(store, acknowledged);
      }
    });

    it("loses nothing acknowledged when the server is killed, refuses meanwhile, and connects again by itself", async () => {
      const acknowledged = nothingAcknowledged();
      await using store = await open(await server.database(), { patienceMs: 200 });
      let n = 0;
      const write = async (): Promise<void> => {
        const each = step(++n);
        const number = n;
        await store.steps.add([each]);
        acknowledged.steps.add(number);
        await store.feedback.add([judgement(each)]);
        acknowledged.feedback.add(number);
      };
      const writeMany = (): Promise<PromiseSettledResult<void>[]> =>
        Promise.allSettled(Array.from({ length: 200 }, write));
      const refused = (results: PromiseSettledResult<void>[]): EddyError[] =>
        results.flatMap((each) => each.status === "rejected" ? [each.reason as EddyError] : []);

      for (let kill = 0; kill < SERVER_KILLS; kill++) {
        equal(refused(await writeMany()).length, 0);
        const under = writeMany();
        await server.kill();
        const meanwhile = [...refused(await under), ...refused(await writeMany())];
        ok(meanwhile.length >= 200);
        for (const error of meanwhile) equal(error.code, "store_unavailable", String(error));
        equal(await store.ping(3_000), false);
        await rejects(store.rewards.last("router"), { code: "store_unavailable" });
        await server.start();
        // Refusals may go on until the next attempt; then it writes again, without being told.
        while (refused(await writeMany()).length > 0) { /* the next attempt is under way */ }
        ok(await store.ping(3_000));
        await nothingLost(store, acknowledged);
      }
    });

    it("refuses within its deadlines when the server stands still, and goes on when it does", async () => {
      const deadlines = { patienceMs: 200, connectMs: 300, statementMs: 300 };
      await using store = await open(await server.database(), deadlines);
      await store.steps.add([step(1)]);
      server.freeze();
      const stuck = await Promise.allSettled([
        store.steps.add([step(2)]),
        store.feedback.add([judgement(step(1))]),
        store.rewards.last("router"),
        store.ping(100),
      ]);
      server.thaw();
      deepEqual(
        stuck.map((each) => each.status === "fulfilled" ? each.value : (each.reason as EddyError).code),
        ["store_unavailable", "store_unavailable", "store_unavailable", false],
      );
      while (!await store.steps.add([step(2)]).then(() => true, () => false)) { /* the next attempt is under way */ }
      const [outcome] = await store.feedback.add([judgement(step(1))]);
      ok(outcome.kind !== "conflict");
      equal(await store.rewards.last("router"), 1);
    });
  });
}
