import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { startServer } from "../../../src/cli/load/start_server.ts";
import { post, program, teach } from "./_program.ts";

describe("eddy serve", () => {
  it("answers what a newcomer asks, and says so when its port is taken", async () => {
    await using own = await program();
    const server = await startServer([own.configuration]);
    await teach(server.address, 2);
    for (const page of ["/", "/docs", "/openapi.json", "/metrics", "/health", "/ready", "/v1/policies/router"]) {
      const response = await fetch(server.address + page);
      await response.body?.cancel();
      equal(response.status, 200, page);
    }
    const taken = await own.eddy(["serve", own.configuration, "--port", String(server.port)]);
    equal(taken.code, 71);
    match(taken.err, /^error: Cannot listen on [^\n]*: something else listens there; --port N takes another\n$/);
    equal(await server.stop(), 0);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`ends at ${signal} with code 0, the stream of a dashboard whole, and goes on where it stood`, async () => {
      await using own = await program();
      const server = await startServer([own.configuration]);
      await teach(server.address, 12);
      const stream = await fetch(`${server.address}/v1/events`);
      const told = stream.text();
      equal(await server.stop(signal), 0);
      match(await told, /^retry: /); // A broken connection would have rejected.

      const again = await startServer([own.configuration]);
      const kept = await (await fetch(`${again.address}/v1/policies/router?limit=1`)).json();
      ok(kept.versions[0].learnedUpTo >= 4, JSON.stringify(kept));
      const { policyVersion } = await post(`${again.address}/v1/decisions`, { text: "charged twice" });
      ok(kept.installed.includes(policyVersion));
      const { episodes } = await (await fetch(`${again.address}/v1/episodes?limit=100`)).json();
      equal(episodes.length, 13);
      equal(await again.stop(), 0);
    });
  }

  it("ends with code 0 while an edge follows it", async () => {
    await using own = await program();
    const server = await startServer([own.configuration]);
    const follower = await fetch(`${server.address}/v1/edge/follow`);
    const told = follower.text();
    equal(await server.stop(), 0);
    match(await told, /^event: assignment/);
  });

  it("prints a configuration that it reads again as the same", async () => {
    await using own = await program({ corsOrigins: ["https://shop.example"] });
    const first = await own.eddy(["serve", own.configuration, "--dry-run"]);
    await Deno.writeTextFile(`${own.folder}/whole.json`, first.out);
    const second = await own.eddy(["serve", "whole.json", "--dry-run"]);
    deepEqual([first.code, second.code, second.err], [0, 0, ""]);
    deepEqual(JSON.parse(second.out), JSON.parse(first.out));
  });

  it("says in one sentence what is wrong with a configuration", async () => {
    await using own = await program();
    const { agents } = JSON.parse(await Deno.readTextFile(own.configuration));
    const wrong: readonly (readonly [unknown, RegExp, number])[] = [
      [{ agents, http: { hots: "x" } }, /'http\.hots' is unknown; did you mean 'host'\?/, 2],
      [{ agents, http: { host: "0.0.0.0" } }, /anyone could decide, judge and publish/, 2],
      [{ agents, store: { kind: "sqlite", path: "/dev/null/eddy.db" } }, /Cannot /, 69],
      [{ agents, store: { kind: "postgresql", url: "postgres://127.0.0.1:9/x" } }, /EDDY_RECEIPT_SECRETS/, 2],
      [
        { agents: { a: { policy: { kind: "checkpoint", path: "none" } } } },
        /none': there is no such file or folder; give/,
        66,
      ],
    ];
    const ended = await Promise.all(wrong.map(async ([configuration], index) => {
      await Deno.writeTextFile(`${own.folder}/${index}.json`, JSON.stringify(configuration));
      return await own.eddy(["serve", `${index}.json`]);
    }));
    ended.forEach(({ code, err }, index) => {
      match(err, /^error: [^\n]*\n$/);
      match(err, wrong[index][1]);
      equal(code, wrong[index][2], err);
    });
  });
});
