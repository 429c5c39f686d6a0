import { describe, it } from "@std/testing/bdd";
import { deepEqual, ok } from "node:assert/strict";
import { type AskedServer, askOn } from "../../../src/cli/load/ask_on.ts";

/** Answers with a version, and with 503 where it has none. */
function serverOf(version: () => number | undefined): AskedServer & AsyncDisposable {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    await request.text();
    return version() === undefined ? Response.json({}, { status: 503 }) : Response.json({ policyVersion: version() });
  });
  const { hostname, port } = server.addr;
  return { hostname, port, [Symbol.asyncDispose]: () => server.shutdown() };
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("askOn()", () => {
  it("tells each version of each server once, waits of edges and centre apart, and counts what failed", async () => {
    let edge: number | undefined = 1;
    await using first = serverOf(() => edge);
    await using centre = serverOf(() => 7);
    const now = (): number => performance.now();
    await using asking = askOn([first, centre], {
      ...{ agent: "desk", question: () => ({ text: "hi" }), thinkMs: 1, now, since1970: now },
    });
    const quiet = await asking.during(() => pause(100));
    deepEqual([quiet.failed, quiet.slow <= 1], [0, true]);
    ok(quiet.edges.count > 2 && quiet.centre.count > 2, `${quiet.edges.count}, ${quiet.centre.count}`);
    edge = 2;
    await pause(50);
    const broken = await asking.during(() => (edge = undefined, pause(100)));
    ok(broken.failed > 2, `${broken.failed}`);
    const seen = (server: number): number[] =>
      asking.sightings.filter((sighting) => sighting.server === server).map(({ version }) => version);
    deepEqual([seen(0), seen(1)], [[1, 2], [7]]);
  });
});
