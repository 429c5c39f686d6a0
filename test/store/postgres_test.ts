import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { openPostgresStore } from "../../src/store/mod.ts";
import { METRICS } from "./_builders.ts";
import { postgresPrograms, type PostgresServer, startPostgres } from "./_postgres_server.ts";
import { storeConformance } from "./conformance.ts";

const programs = postgresPrograms();

if (programs === undefined) {
  it.skip("PostgreSQL: no server programs in /usr/lib/postgresql (`.ci/setup services` installs them)", () => {});
} else {
  describe("PostgreSQL", () => {
    let server: PostgresServer;
    beforeAll(async () => void (server = await startPostgres(programs)));
    afterAll(async () => await server[Symbol.asyncDispose]());

    storeConformance("PostgreSQL", async () => {
      const url = await server.database();
      return (options) => openPostgresStore(url, { metrics: { router: METRICS }, ...options });
    });
  });
}
