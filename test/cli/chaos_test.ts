import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { program } from "./service/_program.ts";

async function chaos(...words: string[]): Promise<Record<string, unknown>[]> {
  await using own = await program();
  const { code, out, err } = await own.eddy(["chaos", "--json", ...words]);
  equal(code, 0, `${err}${out}`);
  return out.trimEnd().split("\n").map((line) => JSON.parse(line));
}

describe("eddy chaos", () => {
  it("kills a server, and its PostgreSQL where there is one, and finds all that was acknowledged", async () => {
    const results = await chaos("--kills", "2", "--only", "process", "--only", "postgresql", "--only", "database");
    deepEqual(results.map(({ target }) => target), ["process", "postgresql", "database"]);
    for (const { skipped, kills, acknowledged, lost, doubled } of results) {
      if (skipped === undefined) deepEqual({ kills, lost, doubled }, { kills: 2, lost: 0, doubled: 0 });
      ok(skipped !== undefined || Number(acknowledged) > 0);
    }
  });

  it("lies to an agent, and nobody is served on duty what it learned from that", async () => {
    const [result] = await chaos("--only", "poison", "--minutes", "0.2", "--pace", "0");
    equal(result.inverted, 240);
    equal((result.tainted as Record<string, number>).incumbent, 0);
    ok(Number(result.frozenAfter) <= 240);
  });

  it("sends nonsense to a real port, which is refused with a reason and kept nowhere", async () => {
    const [{ requests, faults, kept, forged, alive, statuses }] = await chaos(
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
  });

  it("knows its attacks", async () => {
    await using own = await program();
    const { code, err } = await own.eddy(["chaos", "--only", "everything"]);
    equal(code, 2);
    match(err, /'everything': there are process, postgresql, database, poison, malformed\n$/);
  });
});
