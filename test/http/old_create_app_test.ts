import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { WORLDS } from "../../src/environment/mod.ts";
import { createOldApp } from "../../src/http/old_create_app.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { parseToolCall } from "../../src/language/mod.ts";
import { newPolicy } from "../../src/learning/new_policy.ts";
import { openPolicy } from "../../src/learning/mod.ts";
import { tinyDesk } from "../learning/tiny.ts";

const kernels = await loadKernels();
const { policy, constraint } = openPolicy(kernels, WORLDS.desk, newPolicy(kernels, WORLDS.desk, tinyDesk("unused")));
const app = createOldApp({ policy, constraint, environment: "desk", randomSeed: () => 7 });
const turns = [{ role: "user", text: "close ticket T69" }];

async function post(body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await app.fetch(
    new Request("http://localhost/v1/decisions", {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
    }),
  );
  return { status: response.status, body: await response.json() };
}

describe("createOldApp()", () => {
  it("says what it serves", async () => {
    const response = await app.fetch(new Request("http://localhost/health"));
    deepEqual(await response.json(), { status: "ok", kind: "transformer", policyVersion: 0, environment: "desk" });
  });

  it("answers a valid tool call, the same for the same seed", async () => {
    const first = await post({ turns, temperature: 1, seed: 3 });
    equal(first.status, 200);
    const call = parseToolCall(String(first.body.action));
    ok(call && WORLDS.desk.tools!.some(({ name }) => name === call.name), String(first.body.action));
    deepEqual(await post({ turns, temperature: 1, seed: 3 }), first);
    const actions = new Set<unknown>();
    for (let seed = 0; seed < 20; seed++) actions.add((await post({ turns, temperature: 1, seed })).body.action);
    ok(actions.size > 1, "other seeds give other actions");
  });

  it("names the seed it drew where none was given", async () => {
    equal((await post({ turns, temperature: 1 })).body.seed, 7);
  });

  it("chooses among candidates, with the log-probability of the choice", async () => {
    const candidates = ["yes", "no"];
    const { body } = await post({ turns, candidates, temperature: 1, seed: 1 });
    ok(candidates.includes(String(body.action)));
    ok(Number(body.logProb) < 0 && Number(body.logProb) > -20, String(body.logProb));
  });

  const bad: [string, unknown, RegExp][] = [
    ["is not JSON", "{", /not valid/],
    ["has no turns", { turns: [] }, /turns/],
    ["has an unknown role", { turns: [{ role: "robot", text: "" }] }, /role/],
    ["has an unknown field", { turns, temprature: 1 }, /temprature/],
    ["has a negative temperature", { turns, temperature: -1 }, /temperature/],
    ["has a seed that is no number", { turns, seed: "x" }, /seed/],
  ];
  for (const [what, body, message] of bad) {
    it(`answers 400 when the body ${what}`, async () => {
      const answer = await post(body);
      equal(answer.status, 400);
      match(String(answer.body.error), message);
    });
  }

  it("answers 413 when the body is too long, 422 when the conversation is", async () => {
    equal((await post("x".repeat(70_000))).status, 413);
    const long = await post({ turns: [{ role: "user", text: "order ".repeat(2000) }] });
    equal(long.status, 422);
    match(String(long.body.error), /^Cannot /);
    equal((await post({ turns })).status, 200);
  });

  it("answers 404 elsewhere", async () => {
    equal((await app.fetch(new Request("http://localhost/v2"))).status, 404);
  });
});
