import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { AssignmentMessage } from "../../src/http/edge_messages.ts";
import { decodeSnapshot } from "../../src/policy/mod.ts";
import { EDGE_KEY, type FakeCentre, fakeCentre, hashOfVersion, READ_KEY } from "./fake_centre.ts";
import { feedbackOf, stepOf } from "./items.ts";

const EMPTY = { steps: [], feedback: [], ends: [] };

async function ask(centre: FakeCentre, path: string, init: RequestInit = {}, key?: string): Promise<Response> {
  const headers = { ...(key && { authorization: `Bearer ${key}` }) };
  return await centre.app.request(path, { ...init, headers });
}

async function ingest(centre: FakeCentre, body: unknown, key?: string): Promise<Response> {
  return await ask(centre, "/v1/edge/ingest", { method: "POST", body: JSON.stringify(body) }, key);
}

describe("edgeRoutes()", () => {
  it("takes a batch once, however often it comes", async () => {
    const centre = fakeCentre();
    const end = { id: "episode-1", agent: "desk", endedAt: 3, terminated: true };
    const batch = { steps: [stepOf(1)], feedback: [feedbackOf(1)], ends: [end] };
    const first = await ingest(centre, batch, EDGE_KEY);
    deepEqual(await first.json(), { outcomes: [{ kind: "accepted", id: "feedback-1", status: "joined" }] });
    const again = await ingest(centre, batch, EDGE_KEY);
    deepEqual(await again.json(), { outcomes: [{ kind: "duplicate", id: "feedback-1" }] });
    deepEqual([centre.steps.get(stepOf(1).id), centre.ends.get("episode-1")], [stepOf(1), end]);
  });

  const wrong: [string, unknown][] = [
    ["is no object", 3],
    ["lacks a list", { steps: [], feedback: [] }],
    ["has an unknown key", { ...EMPTY, stepps: [] }],
    ["has a step with a propensity of 0", { ...EMPTY, steps: [stepOf(1, { propensity: 0 })] }],
    ["has a judgement whose value is a list", { ...EMPTY, feedback: [{ ...feedbackOf(1), value: [1] }] }],
  ];
  for (const [what, body] of wrong) {
    it(`keeps nothing of a batch that ${what}`, async () => {
      const centre = fakeCentre();
      const response = await ingest(centre, body, EDGE_KEY);
      equal(response.status, 400);
      match(await response.text(), /Cannot ingest/);
      equal(centre.steps.size + centre.feedback.size, 0);
    });
  }

  it("refuses a batch that is too long", async () => {
    const centre = fakeCentre();
    const long = stepOf(1, { action: "x".repeat(5_000_000) });
    equal((await ingest(centre, { ...EMPTY, steps: [long] }, EDGE_KEY)).status, 413);
  });

  it("lets nobody in without the scopes", async () => {
    const centre = fakeCentre();
    equal((await ingest(centre, EMPTY)).status, 401);
    equal((await ingest(centre, EMPTY, "guess")).status, 401);
    equal((await ingest(centre, EMPTY, READ_KEY)).status, 403);
    for (const path of ["agents/desk", "follow", "keys", `snapshots/${"0".repeat(64)}`]) {
      equal((await ask(centre, `/v1/edge/${path}`)).status, 401, path);
    }
    equal((await ask(centre, "/v1/edge/keys", {}, READ_KEY)).status, 403);
  });

  it("tells the way by judgements where it remembers one, and by snapshot otherwise", async () => {
    const centre = fakeCentre();
    for (const judgements of [3, 4, 5]) centre.publish(judgements);
    const way = async (have: string): Promise<AssignmentMessage> =>
      await (await ask(centre, `/v1/edge/agents/desk?have=${have}`, {}, READ_KEY)).json();
    const [near] = (await way("1,0")).versions;
    ok(near.kind === "judgements");
    deepEqual([near.base, near.version.version, near.judgements.length], [1, 3, 9]);
    const [far] = (await way("")).versions;
    ok(far.kind === "snapshot");
    equal(far.hash, hashOfVersion(3, 12));
    deepEqual((await way("3")).versions, []);
    equal((await ask(centre, "/v1/edge/agents/nobody", {}, READ_KEY)).status, 400);
  });

  it("sends a snapshot by its hash, to be kept for ever", async () => {
    const centre = fakeCentre();
    centre.publish(7, "snapshot");
    const response = await ask(centre, `/v1/edge/snapshots/${hashOfVersion(1, 7)}`, {}, READ_KEY);
    equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
    const { version, tensors } = decodeSnapshot(new Uint8Array(await response.arrayBuffer()));
    deepEqual([version, tensors.get("learned")!.values[0]], [1, 7]);
    equal((await ask(centre, `/v1/edge/snapshots/${"0".repeat(64)}`, {}, READ_KEY)).status, 404);
  });

  it("tells what serves at once, then each change, and shows that it lives", async () => {
    const centre = fakeCentre({ heartbeatMs: 1 });
    const response = await ask(centre, "/v1/edge/follow", {}, READ_KEY);
    equal(response.headers.get("content-type"), "text/event-stream");
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const hear = async (what: RegExp): Promise<void> => {
      while (!what.test(text)) text += (await reader.read()).value;
    };
    await hear(/"incumbent":0.*\n\n/);
    await hear(/: alive\n\n/);
    centre.publish(2);
    await hear(/event: assignment\ndata: .*"incumbent":1.*"kind":"judgements".*\n\n/);
    await reader.cancel();
  });
});
