import { it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import type { EdgeStatus } from "../../src/edge/mod.ts";
import type { FakeCentre } from "./fake_centre.ts";

/** One edge of some runtime, started against the centre at an address. */
export interface EdgeUnderTest {
  /** Asks it. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Ends it without a farewell, and starts it again on what it kept. */
  restart(): Promise<void>;
}

/** What a test works with. */
export interface EdgeSetting extends AsyncDisposable {
  /** Its centre, which listens on a real port. */
  readonly centre: FakeCentre;
  /** The edge. */
  readonly edge: EdgeUnderTest;
}

interface Decision {
  readonly id: string;
  readonly action: string;
  readonly policyVersion: number;
  readonly receipt: string;
}

/** What every runtime's edge does. @param open A fresh centre and a fresh edge of it. */
export function edgeConformance(open: () => Promise<EdgeSetting>): void {
  it("says that it is healthy", async () => {
    await using setting = await open();
    const response = await setting.edge.fetch("/health");
    equal(response.status, 200);
    await response.text();
  });

  it("decides, takes a judgement by receipt, and hands both over", async () => {
    await using setting = await open();
    const decision = await decide(setting.edge, "question 1");
    ok(["a", "b"].includes(decision.action));
    await judge(setting.edge, decision, true);
    await until(() => setting.centre.feedback.size === 1);
    equal(setting.centre.steps.get(decision.id)!.action, decision.action);
    const [feedback] = setting.centre.feedback.values();
    deepEqual([feedback.stepId, feedback.value], [decision.id, true]);
  });

  it("counts a judgement that is sent twice once", async () => {
    await using setting = await open();
    const decision = await decide(setting.edge, "question 1");
    await judge(setting.edge, decision, true);
    await judge(setting.edge, decision, true);
    await decide(setting.edge, "question 2");
    await until(() => setting.centre.steps.size === 2);
    equal(setting.centre.feedback.size, 1);
  });

  it("follows new versions by judgements and by snapshot, and goes back", async () => {
    await using setting = await open();
    const { centre, edge } = setting;
    await serves(edge, 0);
    centre.publish(10);
    await serves(edge, 1);
    centre.publish(10, "snapshot");
    await serves(edge, 2);
    centre.rollback(1);
    await serves(edge, 1);
  });

  it("serves and keeps while the centre is away, and hands over in order when it is back", async () => {
    await using setting = await open();
    const { centre, edge } = setting;
    centre.publish(10);
    await serves(edge, 1);
    await until(() => centre.steps.size > 0);
    centre.away = () => new Response("away", { status: 503 });
    centre.cut();
    const decisions: Decision[] = [];
    for (let n = 0; n < 20; n++) {
      decisions.push(await decide(edge, `question ${n}`));
      await judge(edge, decisions[n], n % 2 === 0);
    }
    deepEqual(new Set(decisions.map(({ policyVersion }) => policyVersion)), new Set([1]));
    centre.publish(10);
    equal(centre.feedback.size, 0);
    centre.away = undefined;
    await until(() => centre.feedback.size === 20);
    const judged = [...centre.feedback.values()].map(({ stepId }) => stepId);
    deepEqual(judged, decisions.map(({ id }) => id));
    await serves(edge, 2);
  });

  it("starts again without the centre: serves the version it kept, and loses and doubles nothing", async () => {
    await using setting = await open();
    const { centre, edge } = setting;
    centre.publish(10);
    await serves(edge, 1);
    await edge.restart();
    await serves(edge, 1);
    await until(async () => (await statusOf(edge)).centre.kept.desk === 1);
    centre.away = () => new Response("away", { status: 503 });
    centre.cut();
    const before = await decide(edge, "question 1");
    await judge(edge, before, true);
    await edge.restart();
    const after = await decide(edge, "question 2");
    equal(after.policyVersion, 1);
    const { connected, staleForSeconds } = (await statusOf(edge)).centre;
    deepEqual([connected, staleForSeconds], [false, null], "this run never heard the centre");
    await judge(edge, after, false);
    await edge.restart();
    centre.away = undefined;
    await decide(edge, "question 3");
    await until(() => centre.feedback.size === 2);
    await until(() => centre.steps.has(before.id) && centre.steps.has(after.id));
    deepEqual([...centre.feedback.values()].map(({ stepId }) => stepId), [before.id, after.id]);
  });
}

/** Asks for a decision. */
export async function decide(edge: Pick<EdgeUnderTest, "fetch">, text: string): Promise<Decision> {
  return await post(edge, "/v1/decisions", { agent: "desk", text }) as Decision;
}

/** Judges it. */
export async function judge(edge: Pick<EdgeUnderTest, "fetch">, { receipt }: Decision, value: boolean): Promise<void> {
  await post(edge, "/v1/feedback", { receipt, value });
}

async function statusOf(edge: EdgeUnderTest): Promise<EdgeStatus> {
  return await (await edge.fetch("/v1/edge/status")).json() as EdgeStatus;
}

async function post(edge: Pick<EdgeUnderTest, "fetch">, path: string, body: unknown): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const response = await edge.fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await response.text();
  ok(response.ok, `${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

/** Waits until a version answers. */
async function serves(edge: EdgeUnderTest, version: number): Promise<void> {
  let last = -1;
  for (let attempt = 0; attempt < 2000; attempt++) {
    last = (await decide(edge, "question 0")).policyVersion;
    if (last === version) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  equal(last, version);
}

/** Waits for something that comes by itself. */
export async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; !await what(); attempt++) {
    ok(attempt < 4000, `waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
