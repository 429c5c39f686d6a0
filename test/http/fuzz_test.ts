import { describe, it } from "@std/testing/bdd";
import { equal, ok } from "node:assert/strict";
import { createMetricRegistry } from "../../src/http/_metric_registry.ts";
import { createTokenBuckets } from "../../src/http/_token_buckets.ts";
import { type App, createApp } from "../../src/http/mod.ts";
import { fakeApp, json } from "./fakes.ts";

/** A small generator with a seed (xorshift32), so that every failure can be had again. */
function chance(seed: number): { below(limit: number): number; of<Item>(items: readonly Item[]): Item } {
  let state = seed >>> 0 || 1;
  const below = (limit: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  return { below, of: (items) => items[below(items.length)] };
}
type Chance = ReturnType<typeof chance>;

interface Attack {
  readonly path: string;
  readonly init: RequestInit;
  /** What a refusal may be. */
  readonly statuses: readonly number[];
}

const BAD_BODY = [400, 404, 413, 415];
const encoder = new TextEncoder();

/** Values that no field of a decision takes. */
const WRONG: readonly unknown[] = [
  ...[
    null,
    [],
    {},
    [[]],
    -1,
    1.5,
    1e300,
    2 ** 53,
    true,
    "",
    { __proto__: null, toString: 1 },
    [null],
    "\u0000",
    "\ud800",
  ],
];
const PLACES = [
  "/v1/decisions",
  "/v1/feedback",
  "/v1/episodes/e/end",
  "/v1/policies/router/publish",
  "/v1/policies/router/canary",
];

/** A name that no schema has. */
function unknownName({ below, of }: Chance): string {
  return `${of(["__proto__", "constructor", "prototype", "agents", "Text", "valu", "turns ", "ключ", "\u202e"])}${
    below(100)
  }`;
}

/** Changes valid JSON in one place so that it is surely not valid. */
function mutation(random: Chance, receipt: string): Attack {
  const path = random.of(PLACES);
  const valid: Record<string, Record<string, unknown>> = {
    "/v1/decisions": { text: "hi" },
    "/v1/feedback": { receipt, value: true },
    "/v1/policies/router/publish": { version: 1 },
    "/v1/policies/router/canary": { version: 1, share: 0.5 },
    "/v1/episodes/e/end": { terminated: true },
  };
  const body = { ...valid[path] };
  if (random.below(2)) body[unknownName(random)] = random.of([...WRONG, 1, "x"]);
  else {
    const name = random.of(Object.keys(body));
    const fits = (value: unknown): boolean =>
      name === "value"
        ? typeof value === "boolean"
        : name === "terminated"
        ? value === true
        : name === "text" && value === "";
    const wrong = WRONG.filter((value) => !fits(value));
    body[name] = random.of(wrong);
  }
  return { path, init: json(JSON.stringify(body)), statuses: BAD_BODY };
}

/** JSON text cut off, with a byte changed to one that cannot stand there, or doubled. */
function brokenText(random: Chance): Attack {
  const text = '{"turns":[{"role":"user","text":"häufig 🎈"}],"candidates":["a","b"],"seed":3}';
  const bytes = encoder.encode(text);
  const kind = random.below(5);
  const at = 1 + random.below(bytes.length - 1);
  const changed = Uint8Array.from(bytes);
  changed[at] = random.of([0xff, 0xc0, 0xf8, 0x00, 0x01]);
  const body = [
    bytes.slice(0, at),
    changed,
    encoder.encode(text + text.slice(0, at)),
    encoder.encode(`${'[{"a":'.repeat(40 + random.below(2000))}`),
    encoder.encode(`{"text":"a","te${random.of(["xt", "\\u0078t", "\\u0078\\u0074"])}":"b"}`),
  ][kind];
  return { path: random.of(PLACES), init: { ...json(""), body }, statuses: BAD_BODY };
}

function oversized(random: Chance): Attack {
  const size = 64 * 1024 + 1 + random.below(64 * 1024);
  const bytes = new Uint8Array(size).fill(0x20);
  const stream = random.below(2) === 1;
  const body = stream ? new Blob([bytes]).stream() : bytes;
  return { path: random.of(PLACES), init: { ...json(""), body }, statuses: [413] };
}

function oddRequest(random: Chance): Attack {
  const path = random.of([
    ...[
      "/v1/decisions/",
      "/v1/%ff",
      "/v1/episodes/%00",
      "/v1/episodes/a%20b",
      "/..%2f..%2fetc/passwd",
      "/v1/policies/__proto__",
    ],
    ...[
      "/v1/policies/router/1e999",
      "/v1/policies/router/-1",
      "/v1/episodes?limit=1e9",
      "/v1/episodes?limit=1&limit=2",
    ],
    ...["/v1/episodes?__proto__=1", `/${"a".repeat(5000)}`, "/v1/episodes/x?y", "/V1/DECISIONS", "//v1//decisions"],
    ...["/v1/policies/router?limit=0", "/v1/episodes/none", "/v1/policies/constructor/publish"],
  ]);
  const method = random.of(["GET", "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "get"]);
  const headers = random.of<HeadersInit>([
    {},
    { "content-type": "application/json" },
    { "content-type": `application/${"j".repeat(3000)}` },
    { authorization: "Bearer" },
    { authorization: `Bearer ${"x".repeat(5000)}` },
    { authorization: "Basic Zm9vOmJhcg==" },
    { "x-request-id": "<script>" },
    { "content-length": "99999999999", "content-type": "application/json" },
    { "content-length": "-5", "content-type": "application/json" },
  ]);
  return { path, init: { method, headers }, statuses: [400, 404, 405, 413, 415] };
}

/** One bit of the receipt's text is another: it may become any character. */
function forgedReceipt(random: Chance, receipt: string): Attack {
  const bytes = encoder.encode(receipt);
  const bit = random.below(bytes.length * 7);
  bytes[Math.floor(bit / 7)] ^= 1 << bit % 7;
  const forged = new TextDecoder().decode(bytes);
  const more = random.of([{}, { metric: "comment", value: "x" }, { key: "k" }]);
  return { path: "/v1/feedback", init: json({ receipt: forged, value: true, ...more }), statuses: [400] };
}

/** What every refusal must be. @returns What is wrong with it. */
async function faultOf(app: App, { path, init, statuses }: Attack): Promise<string | undefined> {
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
    const random = chance(20261121);
    const tally = new Map<number, number>();
    for (let i = 0; i < 10_000; i++) {
      const kind = i % 50 === 0 ? 4 : random.below(4);
      tally.set(kind, (tally.get(kind) ?? 0) + 1);
      const attack = [
        () => mutation(random, receipt),
        () => brokenText(random),
        () => oddRequest(random),
        () => forgedReceipt(random, receipt),
        () => oversized(random),
      ][kind]();
      const fault = await faultOf(app, attack);
      ok(
        fault === undefined,
        `request ${i}: ${attack.init.method} ${attack.path.slice(0, 80)} ${
          String(attack.init.body).slice(0, 200)
        }: ${fault}`,
      );
    }
    equal(tally.size, 5);
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
