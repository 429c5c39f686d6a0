import { describe, it } from "@std/testing/bdd";
import { equal, ok } from "node:assert/strict";
import { createMetricRegistry } from "../../src/http/_metric_registry.ts";
import { createTokenBuckets } from "../../src/http/_token_buckets.ts";
import { type App, createApp } from "../../src/http/mod.ts";
import { type MalformedRequest, malformedRequest } from "../../src/cli/load/malformed_request.ts";
import { fakeApp, json } from "./fakes.ts";

/** Uniforms with a seed (xorshift32), so that every failure can be had again. */
function uniforms(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** What every refusal must be. @returns What is wrong with it. */
async function faultOf(app: App, { path, init, statuses }: MalformedRequest): Promise<string | undefined> {
  const response = await app.request(path, init);
  const text = await response.text();
  if (!statuses.includes(response.status)) return `${response.status} ${text.slice(0, 200)}`;
  const { code, message, requestId } = JSON.parse(text).error;
  if (!/^[a-z_]+$/.test(code) || !/Cannot /.test(message) || message.length > 1500) return text.slice(0, 300);
  return requestId === response.headers.get("x-request-id") ? undefined : "another request id";
}

describe("createApp()", () => {
  it("refuses ten thousand malformed requests with a useful 4xx, keeps nothing of them, and answers after", async () => {
    const fake = fakeApp();
    const app = createApp(fake.deps);
    const decide = async (): Promise<string> =>
      (await (await app.request("/v1/decisions", json({ text: "hi" }))).json()).receipt;
    const receipt = await decide();
    const uniform = uniforms(20261121);
    const paths = new Set<string>();
    for (let i = 0; i < 10_000; i++) {
      const attack = malformedRequest(i, uniform, receipt);
      paths.add(attack.path);
      const fault = await faultOf(app, attack);
      ok(
        fault === undefined,
        `request ${i}: ${attack.init.method} ${attack.path.slice(0, 80)} ${
          String(attack.init.body).slice(0, 200)
        }: ${fault}`,
      );
    }
    ok(paths.size > 20);
    // Nothing of it was kept, nothing was managed, nobody was told of an internal error.
    equal(fake.steps.size, 1);
    equal(fake.feedback.size, 0);
    equal(fake.ended.length + fake.managed.length + fake.problems.length, 0);
    const judged = await app.request("/v1/feedback", json({ receipt: await decide(), value: true }));
    equal(judged.status, 202);
    await judged.body?.cancel();
    const series = (await (await app.request("/metrics")).text()).split("\n").length;
    ok(series < 1000, `${series} lines of metrics`);
  });
});

describe("what clients name", () => {
  it("is remembered within bounds: paces, and series of metrics", () => {
    const buckets = createTokenBuckets(5, 100);
    for (let i = 0; i < 10_000; i++) buckets.take(`address ${i}`, i);
    equal(buckets.size, 100);
    const registry = createMetricRegistry();
    const counter = registry.counter("requests", "Help.", ["route"]);
    for (let i = 0; i < 10_000; i++) counter.add([`/${i}`]);
    const lines = registry.expose().trimEnd().split("\n");
    equal(lines.length, 2 + 501);
    equal(lines.at(-1), 'requests{route="other"} 9500');
  });

  it("keeps its pace when others are forgotten", () => {
    const buckets = createTokenBuckets(2, 2);
    buckets.take("a", 0);
    buckets.take("a", 0);
    equal(buckets.take("a", 0), 0.5);
    buckets.take("b", 0);
    equal(buckets.take("a", 250), 0.25);
    buckets.take("c", 250);
    equal(buckets.take("a", 500), 0);
  });
});
