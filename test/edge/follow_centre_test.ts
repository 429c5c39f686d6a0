import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { ServedAgent } from "../../src/agent/mod.ts";
import {
  connectCentre,
  followCentre,
  type Following,
  type FollowOptions,
  type OutboxStorage,
  sqliteOutboxStorage,
} from "../../src/edge/mod.ts";
import { COUNTING_CONFIGURATION, countingAgent } from "./counting_agent.ts";
import { EDGE_KEY, type FakeCentre, fakeCentre, hashOfVersion } from "./fake_centre.ts";

type Counting = ReturnType<typeof countingAgent>;

interface Setting {
  readonly served?: ServedAgent;
  readonly storage?: OutboxStorage;
  readonly options?: Partial<FollowOptions>;
  readonly silenceMs?: number;
  readonly answer?: (request: Request) => Response | Promise<Response>;
}

async function follow(centre: FakeCentre, served: Counting, setting: Setting = {}): Promise<Following> {
  const storage = setting.storage ?? sqliteOutboxStorage(":memory:");
  const following = await followCentre({
    centre: connectCentre({
      fetch: setting.answer ?? ((request) => centre.app.fetch(request)),
      address: "http://centre.test",
      key: EDGE_KEY,
      silenceMs: setting.silenceMs,
    }),
    agents: new Map([["desk", { configuration: COUNTING_CONFIGURATION, served }]]),
    storage,
    now: () => 0,
    random: () => 0,
    backoff: { firstMs: 1, longestMs: 4 },
    ...setting.options,
  });
  return {
    status: following.status,
    async [Symbol.asyncDispose](): Promise<void> {
      await following[Symbol.asyncDispose]();
      if (!setting.storage) await storage[Symbol.asyncDispose]();
    },
  };
}

async function until(what: () => boolean): Promise<void> {
  for (let attempt = 0; !what(); attempt++) {
    ok(attempt < 5000, `waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

describe("followCentre()", () => {
  it("serves what the centre serves, then follows each change by judgements alone", async () => {
    const centre = fakeCentre();
    centre.publish(5);
    const served = countingAgent("desk");
    await using following = await follow(centre, served);
    equal(served.assignment.incumbent, 1);
    await until(() => following.status().connected);
    const before = centre.asked.length;
    for (let n = 0; n < 10; n++) centre.publish(3);
    await until(() => served.assignment.incumbent === 11);
    equal(served.learned(11), 35);
    deepEqual(centre.asked.slice(before).filter((path) => !path.includes("follow")), [], "everything came by itself");
    const { connected, staleForSeconds, versions, failures } = following.status();
    deepEqual({ connected, staleForSeconds, versions, failures }, {
      connected: true,
      staleForSeconds: 0,
      versions: { desk: 11 },
      failures: 0,
    });
  });

  it("fetches a snapshot by its hash where that is the way", async () => {
    const centre = fakeCentre();
    const served = countingAgent("desk");
    await using following = await follow(centre, served);
    await until(() => following.status().connected);
    centre.publish(7, "snapshot");
    await until(() => served.assignment.incumbent === 1);
    equal(served.learned(1), 7);
    ok(centre.asked.includes(`/v1/edge/snapshots/${hashOfVersion(1, 7)}`));
  });

  it("tries each new version once, unseen, before it serves", async () => {
    const centre = fakeCentre();
    const decided: number[] = [];
    const served = countingAgent("desk", (version) => decided.push(version));
    await using following = await follow(centre, served);
    await until(() => following.status().connected);
    centre.publish(1);
    centre.publish(1, "judgements", true);
    centre.rollback(1);
    await until(() => served.assignment.canary === undefined && served.assignment.incumbent === 1);
    await until(() => decided.length === 2);
    deepEqual(decided, [1, 2]);
  });

  it("goes on with the old version when the new one cannot decide", async () => {
    const centre = fakeCentre();
    const served = countingAgent("desk", (version) => {
      if (version === 1) throw new RangeError("weights are not finite");
    });
    await using following = await follow(centre, served);
    await until(() => following.status().connected);
    centre.publish(1);
    await until(() => /not finite/.test(following.status().lastError ?? ""));
    deepEqual(served.assignment, { incumbent: 0 });
    centre.publish(1, "snapshot");
    await until(() => served.assignment.incumbent === 2);
  });

  it("refuses bytes that have another hash, and keeps serving", async () => {
    const centre = fakeCentre();
    centre.publish(1);
    centre.publish(1, "snapshot");
    const served = countingAgent("desk");
    let spoil = true;
    await using following = await follow(centre, served, {
      async answer(request): Promise<Response> {
        const response = await centre.app.fetch(request);
        if (!spoil || !request.url.includes("snapshots")) return response;
        const bytes = new Uint8Array(await response.arrayBuffer());
        bytes[3] ^= 1;
        return new Response(bytes);
      },
    });
    match(following.status().lastError!, /another hash/);
    equal(served.assignment.incumbent, 0);
    spoil = false;
    await until(() => served.assignment.incumbent === 2);
  });

  it("polls where events do not get through", async () => {
    const centre = fakeCentre();
    centre.away = (path) => path.includes("follow") ? new Response("no streams here", { status: 502 }) : undefined;
    const served = countingAgent("desk");
    await using _following = await follow(centre, served);
    centre.publish(4);
    await until(() => served.assignment.incumbent === 1);
    centre.publish(4);
    await until(() => served.assignment.incumbent === 2);
    equal(served.learned(2), 8);
  });

  it("serves on when the centre is away, says for how long, and comes back", async () => {
    const centre = fakeCentre({ heartbeatMs: 5 });
    centre.publish(2);
    const served = countingAgent("desk");
    let time = 1000;
    await using following = await follow(centre, served, { options: { now: () => time } });
    await until(() => following.status().connected);
    centre.away = () => new Response("away", { status: 503 });
    centre.cut();
    await until(() => following.status().failures > 2);
    time += 60_000;
    const { connected, staleForSeconds, versions, lastError } = following.status();
    deepEqual({ connected, staleForSeconds, versions }, {
      connected: false,
      staleForSeconds: 60,
      versions: { desk: 1 },
    });
    match(lastError!, /503/);
    centre.publish(2);
    equal(served.assignment.incumbent, 1);
    centre.away = undefined;
    await until(() => following.status().connected);
    await until(() => served.assignment.incumbent === 2);
    equal(following.status().staleForSeconds, 0);
  });

  it("takes a silent stream for a dead one", async () => {
    const centre = fakeCentre({ heartbeatMs: 1_000_000 });
    const served = countingAgent("desk");
    await using following = await follow(centre, served, { silenceMs: 5 });
    await until(() => /nothing was heard/.test(following.status().lastError ?? ""));
    const streams = (): number => centre.asked.filter((path) => path.includes("follow")).length;
    await until(() => streams() > 2);
  });

  it("starts from the version it kept when the centre is away", async () => {
    const path = await Deno.makeTempFile();
    const centre = fakeCentre();
    centre.publish(9);
    {
      await using storage = sqliteOutboxStorage(path);
      await using following = await follow(centre, countingAgent("desk"), { storage, options: { keepEveryMs: 1 } });
      await until(() => following.status().connected);
      centre.publish(1);
      const kept = async (): Promise<number> => {
        const document = await storage.kept("version of desk");
        return document ? new DataView(document.buffer).getFloat64(0) : -1;
      };
      for (let attempt = 0; await kept() !== 2; attempt++) {
        ok(attempt < 5000, "version 2 was never kept");
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    centre.away = () => new Response("away", { status: 503 });
    {
      await using storage = sqliteOutboxStorage(path);
      const served = countingAgent("desk");
      await using following = await follow(centre, served, { storage });
      equal(served.assignment.incumbent, 2);
      equal(served.learned(2), 10);
      equal(following.status().connected, false);
    }
    for (const suffix of ["", "-wal", "-shm"]) await Deno.remove(path + suffix).catch(() => undefined);
  });

  it("goes back to a version that it no longer has", async () => {
    const centre = fakeCentre();
    const served = countingAgent("desk");
    await using following = await follow(centre, served);
    await until(() => following.status().connected);
    for (let n = 0; n < 20; n++) centre.publish(1);
    await until(() => served.assignment.incumbent === 20);
    ok(served.installed.length <= 6, `${served.installed}`);
    centre.rollback(3);
    await until(() => served.assignment.incumbent === 3);
    equal(served.learned(3), 3);
  });
});
