import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import { connectCentre, followKeys, type OutboxStorage, sqliteOutboxStorage } from "../../src/edge/mod.ts";
import type { StoredKey } from "../../src/store/mod.ts";
import { until } from "./conformance.ts";
import { EDGE_KEY, type FakeCentre, fakeCentre, READ_KEY } from "./fake_centre.ts";
import { createAccess, hashKey } from "../../src/http/mod.ts";

const KEY: StoredKey = {
  id: "1",
  name: "application",
  hash: hashKey("eddy_secret"),
  scopes: ["decide"],
  createdAt: 0,
};

async function follow(centre: FakeCentre, storage: OutboxStorage, key = EDGE_KEY): ReturnType<typeof followKeys> {
  return await followKeys({
    centre: connectCentre({ fetch: (request) => centre.app.fetch(request), address: "http://centre.test", key }),
    storage,
    createAccess: (keys) => createAccess(keys, []),
    everyMs: 1,
  });
}

describe("followKeys()", () => {
  it("lets in whom the centre lets in, and no longer when a key is withdrawn", async () => {
    const centre = fakeCentre();
    centre.keys = [KEY];
    await using storage = sqliteOutboxStorage(":memory:");
    await using keys = await follow(centre, storage);
    deepEqual(keys.access.verify("eddy_secret")?.scopes, ["decide"]);
    equal(keys.access.verify("guess"), undefined);
    centre.keys = [{ ...KEY, revokedAt: 1 }];
    await until(() => keys.access.verify("eddy_secret") === undefined);
  });

  it("goes on with the keys it knew when the centre is away, also after a restart", async () => {
    const centre = fakeCentre();
    centre.keys = [KEY];
    await using storage = sqliteOutboxStorage(":memory:");
    await (await follow(centre, storage))[Symbol.asyncDispose]();
    centre.away = () => new Response("away", { status: 503 });
    await using keys = await follow(centre, storage);
    equal(keys.access.verify("eddy_secret")?.name, "application");
  });

  it("gets no keys with a key that may only read", async () => {
    const centre = fakeCentre();
    centre.keys = [KEY];
    await using storage = sqliteOutboxStorage(":memory:");
    await using keys = await follow(centre, storage, READ_KEY);
    equal(keys.access.verify("eddy_secret"), undefined);
  });
});
