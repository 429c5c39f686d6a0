import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { hc } from "hono/client";
import { createReceiptBook } from "../../src/episode/mod.ts";
import { type App, type AppType, createApp, createKey, hashKey, type StatusReport } from "../../src/http/mod.ts";
import { type FakeApp, fakeApp, json, keyFor, NOW } from "./fakes.ts";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any -- bodies of all routes, read by name
  readonly body: any;
}

async function ask(app: App, path: string, init?: RequestInit): Promise<Answer> {
  const response = await app.request(path, init);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

function open(changes?: Parameters<typeof fakeApp>[0]): FakeApp & { readonly app: App } {
  const fake = fakeApp(changes);
  return Object.assign(fake, { app: createApp(fake.deps) });
}

const curl = await new Deno.Command("curl", { args: ["--version"], stdout: "null" }).output().catch(() => undefined);
const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

describe("POST /v1/decisions", () => {
  it("answers once the step is kept, with a receipt that judges it", async () => {
    const { app, steps } = open();
    const { status, body } = await ask(app, "/v1/decisions", json({ text: "where is it?", seed: 1 }));
    equal(status, 200);
    const { receipt, ...answer } = body;
    deepEqual(answer, {
      id: answer.id,
      episode: answer.episode,
      agent: "router",
      action: "shipping",
      index: 1,
      probability: 0.5,
      policyVersion: 3,
      arm: "incumbent",
      seed: 1,
    });
    deepEqual(steps.get(answer.id)?.turns, [{ role: "user", text: "where is it?" }]);
    deepEqual(createReceiptBook([new Uint8Array(32).fill(7)]).verify(receipt, NOW), {
      episodeId: answer.episode,
      stepId: answer.id,
      agent: "router",
      policyVersion: 3,
      metrics: ["correct", "stars", "solved"],
      expiresAt: NOW + 3_600_000,
    });
  });

  it("takes a conversation, candidates, an episode and an agent; a list shares one commit", async () => {
    const fake = fakeApp();
    const commits: number[] = [];
    const { addSteps } = fake.deps.recorder;
    const recorder = {
      ...fake.deps.recorder,
      addSteps: (steps: Parameters<typeof addSteps>[0]) => (commits.push(steps.length), addSteps(steps)),
    };
    const app = createApp({ ...fake.deps, recorder });
    const turns = [{ role: "system", text: "be kind" }, { role: "user", text: "hi" }];
    const asked = { agent: "triage", episode: "visit/12", turns, candidates: ["a", "b", "c"], seed: 5 };
    const { body } = await ask(app, "/v1/decisions", json([asked, { text: "x" }]));
    deepEqual(body.map(({ agent, action }: Record<string, string>) => [agent, action]), [["triage", "c"], [
      "router",
      "shipping",
    ]]);
    equal(body[0].episode, "visit/12");
    deepEqual(commits, [2]);
  });

  const refused: [string, unknown, number, RegExp][] = [
    ["is not JSON", "{", 400, /not JSON, see position 1/],
    ["is empty", "", 400, /empty/],
    ["has neither turns nor text", {}, 400, /exactly one of 'turns' and 'text'/],
    ["has both", { text: "a", turns: [{ role: "user", text: "a" }] }, 400, /exactly one/],
    ["has no turns", { turns: [] }, 400, /turns/],
    [
      "has an unknown field",
      { text: "a", temprature: 1 },
      400,
      /'temprature' is not known; did you mean 'temperature'\?/,
    ],
    [
      "has an unknown field inside",
      { turns: [{ role: "user", txt: "a", text: "" }] },
      400,
      /turns\[0\]: 'txt'.*'text'/,
    ],
    ["has an unknown role", { turns: [{ role: "robot", text: "" }] }, 400, /turns\[0\]\.role/],
    ["has an unknown field in a list", [{ text: "a" }, { text: "a", sed: 1 }], 400, /\[1\]: 'sed'.*'seed'/],
    ["is an empty list", [], 400, /1 to 256/],
    ["lists too many", Array.from({ length: 257 }, () => ({ text: "a" })), 400, /1 to 256/],
    ["names an unknown agent", { text: "a", agent: "ruoter" }, 404, /did you mean 'router'/],
    ["names a field of every object as agent", { text: "a", agent: "__proto__" }, 404, /no agent '__proto__'/],
    ["has a name twice", '{"text":"a","text":"b"}', 400, /'text' stands twice/],
    ["has a name twice in disguise", '{"text":"a","te\\u0078t":"b"}', 400, /'text' stands twice/],
    ["has __proto__", '{"text":"a","__proto__":{"agent":"x"}}', 400, /__proto__/],
    ["has constructor", { text: "a", constructor: 1 }, 400, /'constructor' is not known/],
    ["has a number beyond all", '{"text":"a","seed":1e999}', 400, /seed/],
    ["has a fraction as seed", { text: "a", seed: 0.5 }, 400, /seed/],
    ["is nested too deep", "[".repeat(5000) + "]".repeat(5000), 400, /nested deeper than 32/],
    ["holds U+0000", '{"text":"a\\u0000"}', 400, /U\+0000/],
    ["holds half a surrogate pair", '{"text":"\\ud800"}', 400, /surrogate/],
    ["has equal candidates", { text: "a", candidates: ["x", "x"] }, 400, /two candidates are equal/],
    ["takes what is no candidate", { text: "a", candidates: ["x"], taken: "y" }, 400, /'taken' is no candidate/],
    ["is more than the agent can read", { text: "a".repeat(10_001) }, 400, /10001 characters are too long/],
    ["is too long", { text: "a".repeat(70_000) }, 413, /more than 65536 bytes/],
    ["is null", null, 400, /the body/],
  ];
  for (const [what, body, status, message] of refused) {
    it(`answers ${status} when the body ${what}`, async () => {
      const { app, steps } = open();
      const answer = await ask(app, "/v1/decisions", json(body));
      equal(answer.status, status);
      match(answer.body.error.message, message);
      equal(answer.body.error.requestId, answer.headers.get("x-request-id"));
      equal(steps.size, 0);
    });
  }

  it("answers 415 without a content type of JSON, 400 for bytes that are no UTF-8", async () => {
    const { app } = open();
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"]) {
      const { status, body } = await ask(app, "/v1/decisions", {
        ...json({ text: "a" }),
        headers: { "content-type": type },
      });
      equal(status, 415);
      match(body.error.message, /application\/json/);
    }
    const bytes = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]);
    const { status, body } = await ask(app, "/v1/decisions", { ...json(""), body: bytes });
    equal(status, 400);
    match(body.error.message, /not UTF-8/);
  });

  it("answers 413 to a body that does not say how long it is, and stops reading it", async () => {
    const { app } = open();
    let [sent, cancelled] = [0, false];
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(16 * 1024).fill(0x20, 0, sent += 16 * 1024)),
      cancel: () => void (cancelled = true),
    });
    const { status } = await ask(app, "/v1/decisions", { ...json(""), body: endless });
    equal(status, 413);
    ok(cancelled && sent < 200 * 1024, `${sent} bytes`);
  });

  it("tells no decision that could not be kept: 503, with what the operator needs", async () => {
    const fake = open();
    fake.recording = "fails";
    const { status, headers, body } = await ask(fake.app, "/v1/decisions", json({ text: "a" }));
    deepEqual([status, headers.get("retry-after"), body.error.code], [503, "1", "store_unavailable"]);
    deepEqual(fake.problems.map((problem) => (problem as { path: string }).path), ["/v1/decisions"]);
  });

  it("says nothing of an internal error", async () => {
    const fake = fakeApp();
    const recorder = { ...fake.deps.recorder, addSteps: () => Promise.reject(new Error("password of the disk")) };
    const { status, body } = await ask(createApp({ ...fake.deps, recorder }), "/v1/decisions", json({ text: "a" }));
    deepEqual([status, body.error.code], [500, "internal"]);
    ok(!JSON.stringify(body).includes("password"));
    equal(fake.problems.length, 1);
  });
});

describe("the layers around every route", () => {
  it("names each answer, by the client's own name where that is sane", async () => {
    const { app } = open();
    const named = await ask(app, "/health", { headers: { "x-request-id": "trace:12.a" } });
    equal(named.headers.get("x-request-id"), "trace:12.a");
    const other = await ask(app, "/nowhere", { headers: { "x-request-id": "a b<script>" } });
    match(other.headers.get("x-request-id")!, /^0199c0de-/);
    equal(other.headers.get("x-content-type-options"), "nosniff");
    match(other.headers.get("content-security-policy")!, /default-src 'none'/);
    equal(other.headers.get("cache-control"), "no-store");
  });

  it("says what exists nearby: 404 with the nearest route, 405 with the methods", async () => {
    const { app } = open();
    const missing = await ask(app, "/v1/decision");
    deepEqual([missing.status, missing.body.error.code], [404, "not_found"]);
    match(missing.body.error.message, /nearest is \/v1\/decisions/);
    const method = await ask(app, "/v1/decisions");
    deepEqual([method.status, method.headers.get("allow")], [405, "POST"]);
    const patterned = await ask(app, "/v1/policies/router/publish", { method: "DELETE" });
    deepEqual([patterned.status, patterned.headers.get("allow")], [405, "GET, HEAD, POST"]);
    const both = await ask(app, "/v1/episodes/x", { method: "PUT" });
    deepEqual([both.status, both.headers.get("allow")], [405, "GET, HEAD"]);
  });

  it("asks for a key and its scope: 401 without or with an unknown one, 403 names what is missing", async () => {
    const { app } = open({ anonymous: [] });
    const decide = (headers: Record<string, string>): Promise<Answer> =>
      ask(app, "/v1/decisions", json({ text: "a" }, headers));
    const without = await decide({});
    deepEqual([without.status, without.body.error.code], [401, "key_missing"]);
    equal(without.headers.get("www-authenticate"), "Bearer");
    const unknown = await decide(bearer("eddy_secret_of_somebody"));
    deepEqual([unknown.status, unknown.body.error.code], [401, "key_invalid"]);
    ok(!JSON.stringify(unknown.body).includes("secret"));
    const wrong = await decide(bearer(keyFor(["read"])));
    deepEqual([wrong.status, wrong.body.error.code], [403, "scope_missing"]);
    match(wrong.body.error.message, /'may read' has no scope 'decide'/);
    equal((await decide(bearer(keyFor(["decide"])))).status, 200);
    equal((await ask(app, "/health")).status, 200);
  });

  it("has a pace for each key, in memory that has a bound", async () => {
    const fake = open({ limits: { ...fakeApp().deps.limits, perSecond: 2 } });
    const health = (key?: string): Promise<Answer> => ask(fake.app, "/v1/status", { headers: key ? bearer(key) : {} });
    equal((await health()).status, 200);
    equal((await health("eddy_unknown")).status, 200);
    const third = await health("eddy_another");
    deepEqual([third.status, third.body.error.code, third.headers.get("retry-after")], [429, "rate_limited", "1"]);
    equal((await health(keyFor(["read"]))).status, 200);
    equal((await ask(fake.app, "/health")).status, 200);
    fake.now += 500;
    deepEqual([(await health()).status, (await health()).status], [200, 429]);
  });

  it("works on so many at once and refuses the others at once; a deadline ends the wait", async () => {
    const fake = open({ limits: { ...fakeApp().deps.limits, concurrent: 2, deadlineMs: 50 } });
    fake.recording = "hangs";
    const waiting = [1, 2].map(() => ask(fake.app, "/v1/decisions", json({ text: "a" })));
    const shed = await ask(fake.app, "/v1/decisions", json({ text: "a" }));
    deepEqual([shed.status, shed.body.error.code, shed.headers.get("retry-after")], [503, "overloaded", "1"]);
    for (const { status, body } of await Promise.all(waiting)) deepEqual([status, body.error.code], [504, "timed_out"]);
    // What still hangs still counts: nothing is let in on top of it.
    equal((await ask(fake.app, "/v1/decisions", json({ text: "a" }))).status, 503);
  });

  it("lets the browsers of configured origins in, and no others", async () => {
    const { app } = open({ corsOrigins: ["https://shop.example"] });
    const preflight = (origin: string): Promise<Response> =>
      Promise.resolve(app.request("/v1/feedback", {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type" },
      }));
    const allowed = await preflight("https://shop.example");
    equal(allowed.status, 204);
    equal(allowed.headers.get("access-control-allow-origin"), "https://shop.example");
    match(allowed.headers.get("access-control-allow-headers")!, /content-type/);
    equal((await preflight("https://evil.example")).headers.get("access-control-allow-origin"), null);
    const answer = await ask(app, "/v1/feedback", json({}, { origin: "https://shop.example" }));
    deepEqual([answer.status, answer.headers.get("access-control-allow-origin")], [400, "https://shop.example"]);
  });
});

describe("what an operator asks", () => {
  it("/ready tells the truth with reasons; /health only that it lives", async () => {
    const fake = open({ readiness: () => Promise.resolve({ background: true }) });
    deepEqual((await ask(fake.app, "/ready")).body, {
      ready: true,
      checks: { background: true, store: true, "learning of router": true, "learning of triage": true },
    });
    fake.alive = false;
    fake.state = "failed";
    const { status, body } = await ask(fake.app, "/ready");
    equal(status, 503);
    match(body.checks.store, /did not answer/);
    match(body.checks["learning of router"], /^failed/);
    deepEqual((await ask(fake.app, "/health")).body, { status: "ok", version: "0.0.0" });
  });

  it("/v1/status has agents, curve, throughput and latency", async () => {
    const fake = open();
    fake.judgements = 12;
    await ask(fake.app, "/v1/decisions", json([{ text: "a" }, { text: "b" }]));
    fake.now += 2000;
    const warning = {
      agent: "router",
      at: NOW,
      warning: "missingShare",
      level: "warn",
      value: 0.95,
      threshold: 0.9,
    } as const;
    fake.warnings.push({ ...warning, reason: "share of rewards that silence gave is 0.950, above 0.9: told only" });
    const report: StatusReport = (await ask(fake.app, "/v1/status")).body;
    deepEqual(report.agents.map(({ warnings }) => warnings), [fake.warnings, []]);
    deepEqual(report.agents.map(({ agent }) => agent), ["router", "triage"]);
    deepEqual(report.agents[0].curve, [{ from: 1, steps: 12, mean: 1 / 12 }]);
    equal(report.agents[0].status?.judgements, 12);
    deepEqual(Object.keys(report.agents[0].metrics), ["correct", "stars", "solved"]);
    deepEqual([report.startedAt, report.now], [NOW, NOW + 2000]);
    deepEqual(report.throughput, { decisionsPerSecond: 1, judgementsPerSecond: 0 });
    ok(report.latencyMs.decisions.p99 > 0);
  });

  it("/metrics counts requests by route and status, decisions, feedback, versions and the loop", async () => {
    const fake = open();
    const { body } = await ask(fake.app, "/v1/decisions", json({ text: "a" }));
    await ask(fake.app, "/v1/feedback", json({ receipt: body.receipt, value: true }));
    await ask(fake.app, "/v1/feedback", json({ receipt: body.receipt, value: true }));
    await ask(fake.app, "/v1/episodes/none");
    await ask(fake.app, "/nowhere/1");
    const response = await fake.app.request("/metrics");
    match(response.headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    for (
      const line of [
        'eddy_http_requests_total{method="POST",route="/v1/decisions",status="200"} 1',
        'eddy_http_requests_total{method="GET",route="/v1/episodes/:id",status="404"} 1',
        'eddy_http_requests_total{method="GET",route="unmatched",status="404"} 1',
        'eddy_http_request_seconds_bucket{route="/v1/decisions",le="+Inf"} 1',
        'eddy_decisions_total{agent="router",arm="incumbent"} 1',
        'eddy_feedback_total{agent="router",status="joined"} 1',
        'eddy_feedback_total{agent="router",status="duplicate"} 1',
        'eddy_policy_version{agent="router",arm="incumbent"} 3',
        'eddy_loop_state{agent="router",state="learning"} 1',
        "eddy_http_in_flight 1",
      ]
    ) ok(text.split("\n").includes(line), line);
    for (const line of text.trimEnd().split("\n")) match(line, /^(#|[a-z_]+(\{[^{}]*\})? [-+0-9.eInf]+$)/);
  });

  it("episodes: ended, listed, shown; what is not kept is 404", async () => {
    const fake = open();
    await ask(fake.app, "/v1/decisions", json({ text: "a", episode: "e1", agent: "triage" }));
    const ended = await ask(fake.app, "/v1/episodes/e1/end", { method: "POST" });
    deepEqual(ended.body, { id: "e1", agent: "triage", endedAt: NOW, terminated: true });
    await ask(fake.app, "/v1/episodes/e2/end", json({ terminated: false, agent: "router" }));
    deepEqual(fake.ended.map(({ id, agent, terminated }) => [id, agent, terminated]), [
      ["e1", "triage", true],
      ["e2", "router", false],
    ]);
    equal((await ask(fake.app, "/v1/episodes/e1")).body.steps.length, 1);
    equal((await ask(fake.app, "/v1/episodes/none")).status, 404);
    equal((await ask(fake.app, "/v1/episodes?agent=triage&limit=5")).body.episodes.length, 1);
    for (const query of ["limit=0", "limit=x", "limit=1&limit=2", "limt=3"]) {
      equal((await ask(fake.app, `/v1/episodes?${query}`)).status, 400, query);
    }
    match((await ask(fake.app, "/v1/episodes?limt=3")).body.error.message, /did you mean 'limit'/);
  });

  it("policies: listed, published, tried, rolled back, resumed in the name of the key", async () => {
    const fake = open({ anonymous: ["read"] });
    const manage = (path: string, body: unknown): Promise<Answer> =>
      ask(fake.app, `/v1/policies/router/${path}`, json(body, bearer(keyFor(["manage"]))));
    deepEqual((await ask(fake.app, "/v1/policies")).body.policies[1], {
      agent: "triage",
      kind: "reward-model",
      assignment: { incumbent: 3 },
      installed: [3],
    });
    deepEqual((await ask(fake.app, "/v1/policies/router")).body.versions.length, 1);
    equal((await ask(fake.app, "/v1/policies/router/3")).body.version, 3);
    deepEqual(
      (await Promise.all(["4", "x", "-1"].map((v) => ask(fake.app, `/v1/policies/router/${v}`)))).map((a) => a.status),
      [
        404,
        400,
        400,
      ],
    );
    deepEqual((await manage("publish", { version: 2 })).body, { agent: "router", assignment: { incumbent: 3 } });
    await manage("canary", { version: 3, share: 0.1 });
    await manage("rollback", {});
    await manage("resume", {});
    const by = "may manage";
    deepEqual(fake.managed, [
      ["publish", "router", 2, by],
      ["canary", "router", 3, 0.1, by],
      ["rollback", "router", undefined, by],
      ["resume", "router", { learnQuarantined: false, by }],
    ]);
    equal((await manage("publish", { version: 404 })).body.error.code, "version_missing");
    equal((await manage("canary", { version: 3, share: 1 })).status, 400);
    equal((await ask(fake.app, "/v1/policies/router/publish", json({ version: 1 }))).status, 401);
  });

  it("an edge, which keeps and learns nothing, says so", async () => {
    const { app } = open({ store: undefined, loop: undefined });
    for (const path of ["/v1/episodes", "/v1/episodes/x", "/v1/policies/router"]) {
      const { status, body } = await ask(app, path);
      deepEqual([status, body.error.code], [404, "not_found"], path);
      match(body.error.message, /centre/);
    }
    equal((await ask(app, "/v1/status")).body.agents[0].status, undefined);
    equal((await ask(app, "/ready")).status, 200);
    equal((await ask(app, "/v1/policies/router/rollback", { method: "POST" })).status, 404);
  });

  it("mounts every group, and the dashboard where nothing else answers", async () => {
    const page = (path: string): Response | undefined =>
      path === "/" ? new Response("<p>", { headers: { "content-type": "text/html" } }) : undefined;
    const { app } = open({ dashboard: page });
    const response = await app.request("/");
    equal(await response.text(), "<p>");
    match(response.headers.get("content-security-policy")!, /script-src 'self'/);
    equal((await app.request("/other")).status, 404);
    for (const path of ["/openapi.json", "/docs", "/v1/models", "/v1/edge/agents/router?have=3"]) {
      ok([200, 500].includes((await app.request(path)).status), path);
    }
  });
});

describe("a real port", () => {
  async function serving<Result>(fake: FakeApp, use: (address: string) => Promise<Result>): Promise<Result> {
    using app = createApp(fake.deps);
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request, connection) => app.fetch(request, connection),
    );
    return await use(`http://127.0.0.1:${server.addr.port}`);
  }

  it("answers Hono's typed client, from decision to feedback", async () => {
    await serving(fakeApp({ anonymous: [] }), async (address) => {
      const client = hc<AppType>(address, { headers: bearer(keyFor(["decide"])) });
      const decided = await client.v1.decisions.$post({ json: { text: "where is it?", seed: 0 } });
      equal(decided.status, 200);
      const answer = await decided.json();
      ok(!Array.isArray(answer));
      const browser = hc<AppType>(address);
      const judged = await browser.v1.feedback.$post({ json: { receipt: answer.receipt, value: true } });
      equal(judged.status, 202);
      const outcome = await judged.json();
      ok(!Array.isArray(outcome) && "status" in outcome);
      equal(outcome.status, "joined");
      const reader = hc<AppType>(address, { headers: bearer(keyFor(["read"])) });
      const episode = await (await reader.v1.episodes[":id"].$get({ param: { id: answer.episode } })).json();
      equal(episode.steps[0].action, "billing");
    });
  });

  const answersCurl = curl?.success ? it : it.skip;
  answersCurl("answers curl, from decision to feedback (skipped where curl is not installed)", async () => {
    await serving(fakeApp(), async (address) => {
      const post = async (
        path: string,
        ...args: string[]
      ): Promise<{ status: string; body: Record<string, string> }> => {
        const { stdout } = await new Deno.Command("curl", {
          args: [
            "-sS",
            "--max-time",
            "20",
            "-w",
            "\n%{http_code}",
            "-H",
            "content-type: application/json",
            ...args,
            address + path,
          ],
        }).output();
        const [body, status] = new TextDecoder().decode(stdout).split("\n");
        return { status, body: JSON.parse(body) };
      };
      const { body } = await post("/v1/decisions", "-d", '{"text":"hi"}');
      const judged = await post("/v1/feedback", "-d", JSON.stringify({ receipt: body.receipt, value: true }));
      deepEqual([judged.status, judged.body.status], ["202", "joined"]);
      const chunked = await post(
        "/v1/decisions",
        "-H",
        "transfer-encoding: chunked",
        "-d",
        `{"text":"${"a".repeat(70_000)}"}`,
      );
      equal(chunked.status, "413");
    });
  });
});

describe("createKey()", () => {
  it("makes a key of 32 random bytes and the hash that is kept", () => {
    const { key, hash } = createKey(new Uint8Array(32).fill(0xab));
    equal(key, `eddy_${"ab".repeat(32)}`);
    equal(hash, hashKey(key));
    match(hash, /^[0-9a-f]{64}$/);
  });
});
