import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match } from "node:assert/strict";
import { createReceiptBook } from "../../src/episode/mod.ts";
import { createApp } from "../../src/http/mod.ts";
import { type FakeApp, fakeApp, json, keyFor, NOW } from "./fakes.ts";

interface Answer {
  readonly status: number;
  // deno-lint-ignore no-explicit-any -- bodies of several routes, read by name
  readonly body: any;
}

/** An application on which one decision was made by a key; judges have only the receipt. */
async function judged(): Promise<
  FakeApp & {
    readonly receipt: string;
    readonly step: string;
    readonly episode: string;
    judge(body: unknown, key?: string): Promise<Answer>;
  }
> {
  const fake = fakeApp({ anonymous: [] });
  const app = createApp(fake.deps);
  const post = async (path: string, body: unknown, key?: string): Promise<Answer> => {
    const response = await app.request(path, json(body, key ? { authorization: `Bearer ${key}` } : {}));
    return { status: response.status, body: await response.json() };
  };
  const { body: { receipt, id, episode } } = await post("/v1/decisions", { text: "hi" }, keyFor(["decide"]));
  const judge = (body: unknown, key?: string): Promise<Answer> => post("/v1/feedback", body, key);
  return Object.assign(fake, { receipt, step: id, episode, judge });
}

const program = keyFor(["feedback"]);

describe("POST /v1/feedback", () => {
  it("takes a receipt and a value from anybody: the metric is the one that the agent learns from", async () => {
    const { judge, receipt, feedback, step, episode } = await judged();
    const { status, body } = await judge({ receipt, value: true });
    deepEqual([status, body.status], [202, "joined"]);
    const [{ key, ...kept }] = feedback.values();
    deepEqual(kept, {
      ...{ id: body.id, agent: "router", metric: "correct", episodeId: episode, stepId: step },
      ...{ value: true, author: "person", receivedAt: NOW },
    });
    match(key, /^[0-9a-f-]{36}\/[0-9a-f]{32}$/);
  });

  it("takes the same again as a duplicate, another value as another judgement, another value of one key as a conflict", async () => {
    const { judge, receipt } = await judged();
    const first = await judge({ receipt, value: true });
    const again = await judge({ receipt, value: true });
    deepEqual([again.status, again.body], [200, { id: first.body.id, duplicate: true }]);
    equal((await judge({ receipt, value: false })).status, 202);
    equal((await judge({ receipt, value: true, key: "k" })).status, 202);
    const conflict = await judge({ receipt, value: false, key: "k" });
    deepEqual([conflict.status, conflict.body.error.code], [409, "conflict"]);
  });

  it("takes a list in one commit, checked before anything is kept; 207 where some contradict", async () => {
    const { judge, receipt, feedback } = await judged();
    const bad = await judge([{ receipt, value: true }, { receipt, value: 3 }]);
    deepEqual([bad.status, feedback.size], [400, 0]);
    match(bad.body.error.message, /^\[1\]: .*'correct' takes a boolean, got a number/);
    const list = [{ receipt, value: true, key: "a" }, { receipt, metric: "stars", value: 4 }, {
      receipt,
      metric: "comment",
      value: "ok",
    }];
    const good = await judge(list);
    deepEqual([good.status, good.body.map(({ status }: { status: string }) => status)], [202, [
      "joined",
      "joined",
      "joined",
    ]]);
    equal((await judge(list)).status, 200);
    const mixed = await judge([{ receipt, value: false, key: "a" }, { receipt, metric: "stars", value: 5 }]);
    deepEqual([mixed.status, mixed.body[0].conflict, mixed.body[1].status], [207, true, "joined"]);
  });

  it("judges whole episodes by metrics of episodes, with and without a receipt", async () => {
    const { judge, receipt, feedback, episode } = await judged();
    equal((await judge({ receipt, metric: "solved", value: true })).status, 202);
    equal((await judge({ episode, metric: "solved", value: false }, program)).status, 202);
    deepEqual([...feedback.values()].map(({ stepId, episodeId, author }) => [stepId, episodeId, author]), [
      [undefined, episode, "person"],
      [undefined, episode, "program"],
    ]);
  });

  it("takes step or episode by name from a key; feedback may come before its step", async () => {
    const { judge, step, feedback, episode } = await judged();
    equal((await judge({ step, value: true }, program)).body.status, "joined");
    equal([...feedback.values()][0].episodeId, episode);
    equal((await judge({ step: "not-yet", episode: "e", value: true }, program)).body.status, "early");
    const unknown = await judge({ step: "not-yet", value: true }, program);
    match(unknown.body.error.message, /not known here; send its 'episode' with it/);
    match((await judge({ step, agent: "triage", value: true }, program)).body.error.message, /not one of 'triage'/);
    match((await judge({ value: true }, program)).body.error.message, /send a 'receipt', or 'step', or 'episode'/);
    match((await judge({ episode, value: true }, program)).body.error.message, /'correct' judges a step/);
  });

  it("asks for a key with the scope where there is no receipt", async () => {
    const { judge, step } = await judged();
    deepEqual([(await judge({ step, value: true })).body.error.code], ["key_missing"]);
    deepEqual([(await judge({ step, value: true }, keyFor(["decide"]))).body.error.code], ["scope_missing"]);
    const some = await judge([{ step, value: true }], keyFor([]));
    deepEqual([some.status, some.body.error.code], [403, "scope_missing"]);
  });

  it("refuses a receipt for another agent, step, episode or metric, and says which", async () => {
    const { judge, receipt, step, episode } = await judged();
    equal((await judge({ receipt, step, episode, agent: "router", value: true })).status, 202);
    for (
      const [other, message] of [
        [{ agent: "triage" }, /another agent/],
        [{ step: "s" }, /another step/],
        [{ episode: "e" }, /another episode/],
      ] as const
    ) {
      const { status, body } = await judge({ receipt, value: true, ...other });
      deepEqual([status, body.error.code], [400, "receipt_invalid"]);
      match(body.error.message, message);
    }
    const narrow = createReceiptBook([new Uint8Array(32).fill(7)]).sign({
      ...{
        episodeId: episode,
        stepId: step,
        agent: "router",
        policyVersion: 3,
        metrics: ["correct"],
        expiresAt: NOW + 1000,
      },
    });
    const { body } = await judge({ receipt: narrow, metric: "stars", value: 3 });
    deepEqual(body.error.code, "receipt_invalid");
    match(body.error.message, /does not allow the metric 'stars'/);
    equal((await judge({ receipt: narrow, metric: "comment", value: "fine" })).status, 202);
  });

  it("refuses an expired receipt with 410, one of another secret with 400", async () => {
    const fake = await judged();
    const { judge, receipt, step, episode } = fake;
    const forged = createReceiptBook([new Uint8Array(32).fill(8)]).sign({
      ...{
        episodeId: episode,
        stepId: step,
        agent: "router",
        policyVersion: 3,
        metrics: ["correct"],
        expiresAt: NOW + 1000,
      },
    });
    deepEqual([(await judge({ receipt: forged, value: true })).body.error.code], ["receipt_invalid"]);
    fake.now += 3_600_000;
    const { status, body } = await judge({ receipt, value: true });
    deepEqual([status, body.error.code, fake.feedback.size], [410, "receipt_expired", 0]);
  });

  const values: [string, unknown, RegExp | undefined][] = [
    ["correct", "yes", /takes a boolean, got a string/],
    ["correct", 1, /takes a boolean, got a number/],
    ["stars", 5, undefined],
    ["stars", 5.5, /from 1 to 5, got 5\.5/],
    ["stars", true, /takes a number, got a boolean/],
    ["comment", "well done", undefined],
    ["comment", "", /not empty/],
    ["comment", 3, /takes a string/],
    ["correction", "billing", undefined],
    ["corect", true, /did you mean 'correct'/],
    ["constructor", true, /does not allow the metric 'constructor'/],
    ["__proto__", true, /does not allow the metric '__proto__'/],
  ];
  for (const [metric, value, message] of values) {
    it(`${message ? "refuses" : "takes"} ${JSON.stringify(value)} as '${metric}'`, async () => {
      const { judge, receipt, feedback } = await judged();
      const { status, body } = await judge({ receipt, metric, value });
      equal(status, message ? 400 : 202);
      equal(feedback.size, message ? 0 : 1);
      if (message) match(body.error.message, message);
    });
  }

  it("says no judgement is kept that could not be: 503", async () => {
    const fake = await judged();
    fake.recording = "fails";
    equal((await fake.judge({ receipt: fake.receipt, value: true })).status, 503);
  });
});
