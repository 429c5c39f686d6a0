import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { type MemorySample, memorySlope } from "../../src/cli/load/memory_slope.ts";
import { poisonAttack } from "../../src/cli/chaos/poison_attack.ts";
import { fakeHost } from "./fake_host.ts";
import { program } from "./service/_program.ts";

async function chaos(...words: string[]): Promise<Record<string, unknown>[]> {
  await using own = await program();
  const { code, out, err } = await own.eddy(["chaos", "--json", ...words]);
  equal(code, 0, `${err}${out}`);
  return out.trimEnd().split("\n").map((line) => JSON.parse(line));
}

describe("eddy chaos", () => {
  it("kills a server, and its PostgreSQL where there is one, and finds all that was acknowledged", async () => {
    const results = await chaos("--kills", "1", "--only", "process", "--only", "postgresql", "--only", "database");
    deepEqual(results.map(({ target }) => target), ["process", "postgresql", "database"]);
    for (const { skipped, kills, acknowledged, lost, doubled } of results) {
      if (skipped === undefined) deepEqual({ kills, lost, doubled }, { kills: 1, lost: 0, doubled: 0 });
      ok(skipped !== undefined || Number(acknowledged) > 0);
    }
  });

  it("lies to an agent, and tells who was shown what it learned from that", async () => {
    const host = fakeHost();
    const clean = await poisonAttack({
      ...{ kills: 1, requests: 1, seed: 1, json: true, host, signal: new AbortController().signal },
      ...{ minutes: 0.1, honestSeconds: 10, pace: 0 },
    });
    const { target, inverted, episodes, tainted, right } = JSON.parse(host.out());
    deepEqual({ target, inverted, episodes }, { target: "poison", inverted: 120, episodes: 320 });
    equal(clean, tainted.incumbent === 0);
    deepEqual(Object.keys(right), ["before", "inverted", "after"]);
  });

  it("sends nonsense to a real port, which is refused with a reason and kept nowhere", async () => {
    const [{ requests, faults, kept, forged, alive, statuses, memory, bytesPerRequest }] = await chaos(
      "--only",
      "malformed",
      "--requests",
      "600",
    );
    deepEqual({ requests, faults, kept, forged, alive }, {
      requests: 600,
      faults: [],
      kept: 0,
      forged: 0,
      alive: true,
    });
    for (const status of Object.keys(statuses as object)) match(status, /^4\d\d$/);
    if (Deno.build.os !== "linux") return;
    deepEqual((memory as MemorySample[]).map((sample) => sample.requests), [200, 300, 400, 500, 600]);
    equal(bytesPerRequest, memorySlope(memory as MemorySample[]));
  });

  it("knows its attacks", async () => {
    await using own = await program();
    const { code, err } = await own.eddy(["chaos", "--only", "everything"]);
    equal(code, 2);
    match(err, /'everything': there are process, postgresql, database, poison, malformed\n$/);
  });
});
