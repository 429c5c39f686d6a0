import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { createEventHub } from "../../src/http/_event_hub.ts";
import { createApp, type StatusReport } from "../../src/http/mod.ts";
import type { LoopEvent } from "../../src/learning/mod.ts";
import { fakeApp, keyFor, NOW } from "./fakes.ts";

const event: LoopEvent = { event: "update", agent: "router", at: NOW, metrics: { loss: 0.5 } };

/** Reads blocks of a stream of events one by one. */
function blocks(stream: ReadableStream<Uint8Array>): { next(): Promise<string>; leave(): Promise<void> } {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let waiting = "";
  return {
    async next(): Promise<string> {
      while (!waiting.includes("\n\n")) {
        const { done, value } = await reader.read();
        if (done) throw new Error("the stream ended");
        waiting += decoder.decode(value, { stream: true });
      }
      const end = waiting.indexOf("\n\n");
      const block = waiting.slice(0, end);
      waiting = waiting.slice(end + 2);
      return block;
    },
    leave: () => reader.cancel(),
  };
}

describe("GET /v1/events", () => {
  it("begins with the status, tells what the loop tells, and lets go when the client leaves", async () => {
    const fake = fakeApp();
    const app = createApp(fake.deps);
    const response = await app.request("/v1/events", { headers: { "last-event-id": "nonsense" } });
    equal(response.headers.get("content-type"), "text/event-stream");
    equal(fake.listeners.size, 1);
    const stream = blocks(response.body!);
    match(await stream.next(), /^retry: \d+$/);
    const [id, name, data] = (await stream.next()).split("\n");
    deepEqual([id, name], ["id: 1", "event: status"]);
    const report: StatusReport = JSON.parse(data.slice("data: ".length));
    deepEqual(report.agents.map(({ agent }) => agent), ["router", "triage"]);
    for (const listener of fake.listeners) listener(event);
    equal(await stream.next(), `id: 2\nevent: update\ndata: ${JSON.stringify(event)}`);
    await stream.leave();
    equal(fake.listeners.size, 0);
  });

  it("asks for the scope 'read', and ends with the application", async () => {
    const fake = fakeApp({ anonymous: [] });
    const app = createApp(fake.deps);
    equal((await app.request("/v1/events")).status, 401);
    const response = await app.request("/v1/events", { headers: { authorization: `Bearer ${keyFor(["read"])}` } });
    const text = response.text();
    app[Symbol.dispose]();
    match(await text, /^retry/);
    equal(fake.listeners.size, 0);
  });
});

describe("createEventHub()", () => {
  const report = (judgements: number): StatusReport => ({
    ...{ version: "0", startedAt: 0, now: 0, throughput: { decisionsPerSecond: judgements, judgementsPerSecond: 0 } },
    ...{ agents: [], latencyMs: { decisions: { p50: 0, p99: 0 }, feedback: { p50: 0, p99: 0 } } },
  });

  it("tells a status again only when something in it changed, and signs of life when not", async () => {
    let [now, rate] = [0, 1];
    using hub = createEventHub({}, () => Promise.resolve({ ...report(rate), now: now++ }), {
      tickMs: 1,
      heartbeatTicks: 5,
    });
    const stream = blocks(hub.open());
    await stream.next();
    const rates: number[] = [];
    let quiet = 0;
    while (rates.at(-1) !== 2) {
      const block = await stream.next();
      if (block.startsWith(":")) {
        quiet++;
        rate = 2;
      } else rates.push(JSON.parse(block.split("data: ")[1]).throughput.decisionsPerSecond);
    }
    ok(quiet >= 1);
    // Once at the beginning, once at the first tick, and then only as it changed.
    deepEqual(rates, [1, 1, 2]);
    await stream.leave();
  });

  it("goes on where the status cannot be written", async () => {
    let fails = true;
    const write = (): Promise<StatusReport> => fails ? Promise.reject(new Error("away")) : Promise.resolve(report(1));
    using hub = createEventHub({}, write, { tickMs: 1 });
    const stream = blocks(hub.open());
    await stream.next();
    equal(await stream.next(), ": no status now");
    fails = false;
    let block = await stream.next();
    while (block.startsWith(":")) block = await stream.next();
    match(block, /event: status/);
    await stream.leave();
  });

  it("drops a listener that does not read, keeps the others, and has a bound on both", async () => {
    const fake = fakeApp();
    using hub = createEventHub({ loop: fake.deps.loop }, () => Promise.resolve(report(1)), {
      ...{ tickMs: 60_000, most: 2, bufferBytes: 4096 },
    });
    const [slow, other] = [hub.open(), blocks(hub.open())];
    try {
      hub.open();
      ok(false, "a third listener was let in");
    } catch (error) {
      match(String(error), /2 listen already/);
    }
    await other.next();
    await other.next();
    for (let i = 0; i < 200; i++) {
      for (const listener of fake.listeners) listener(event);
      match(await other.next(), /event: update/);
    }
    equal(hub.listeners, 1);
    await rejects(slow.getReader().read(), /too slowly/);
    await other.leave();
    equal(fake.listeners.size, 0);
  });
});
