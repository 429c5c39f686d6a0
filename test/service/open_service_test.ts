import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { poison } from "../../src/cli/load/poison.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { saveRun, train } from "../../src/learning/mod.ts";
import { openService, resolveServiceConfiguration, type Service } from "../../src/service/mod.ts";
import { tinyDesk } from "../learning/tiny.ts";
import { testMachine } from "./machine.ts";

const TEAMS = ["billing", "technical", "sales"];
const SAID = [
  ["my card was charged twice", 0],
  ["the invoice is wrong", 0],
  ["the app crashes at start", 1],
  ["cannot log in, error 500", 1],
  ["how much is the large plan", 2],
  ["I want to order ten seats", 2],
] as const;

const configuration = (path: string) =>
  resolveServiceConfiguration({
    agents: {
      router: {
        policy: { kind: "reward-model", options: { model: "logistic" } },
        candidates: TEAMS,
        gate: { everyJudgements: 8, delayJudgements: 16, canaryShare: 0.25, heldOutShare: 0 },
      },
    },
    store: { kind: "sqlite", path },
  });

async function post(service: Service, path: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await service.app.request(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  ok(response.ok, JSON.stringify(answer));
  return answer;
}

/** Asks and judges `count` times over HTTP. @returns Share of right choices. */
async function teach(service: Service, count: number, from = 0): Promise<number> {
  let right = 0;
  for (let i = from; i < from + count; i++) {
    const [text, team] = SAID[i % SAID.length];
    const { action, receipt } = await post(service, "/v1/decisions", { agent: "router", text });
    const value = action === TEAMS[team];
    await post(service, "/v1/feedback", { receipt, value });
    right += value ? 1 : 0;
  }
  return right / count;
}

async function accuracy(service: Service): Promise<number> {
  const answers = await post(service, "/v1/decisions", SAID.map(([text]) => ({ text, explore: false })));
  const actions = (answers as unknown as { readonly action: string }[]).map(({ action }) => action);
  return actions.filter((action, i) => action === TEAMS[SAID[i][1]]).length / SAID.length;
}

describe("openService()", () => {
  it("learns over HTTP from right and wrong alone, and goes on after a restart where it stood", async () => {
    const folder = await Deno.makeTempDir();
    try {
      const before = await openService(configuration(`${folder}/eddy.db`), testMachine());
      await teach(before, 240);
      await before.loop.drain();
      equal(await accuracy(before), 1);
      const stood = before.loop.status("router");
      equal(stood.judgements, 240);
      equal(stood.learnedUpTo, 240);
      const bytes = (await before.loop.snapshotOf("router", stood.assignment.incumbent)).bytes;
      await before[Symbol.asyncDispose]();

      await using after = await openService(configuration(`${folder}/eddy.db`), testMachine(2));
      const again = after.loop.status("router");
      deepEqual(
        [again.judgements, again.learnedUpTo, again.assignment],
        [stood.judgements, stood.learnedUpTo, stood.assignment],
      );
      deepEqual((await after.loop.snapshotOf("router", stood.assignment.incumbent)).bytes, bytes);
      equal(await accuracy(after), 1);
      ok(await teach(after, 30, 240) > 0.7);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("shows the few on trial, and nobody else, what a poisoned signal has taught, and takes it back by itself", async () => {
    await using service = await openService(configuration(":memory:"), testMachine());
    const result = await poison({
      service,
      agent: "router",
      question: (index) => ({ text: SAID[index % SAID.length][0], right: TEAMS[SAID[index % SAID.length][1]] }),
      honest: 400,
      inverted: 300,
      pace: 0,
      now: () => performance.now(),
      onStep: () => {},
      signal: new AbortController().signal,
    });
    equal(result.tainted.incumbent, 0);
    ok(result.tainted.canary < 0.4 * result.episodes, JSON.stringify(result));
    ok(result.frozenAfter !== undefined && result.frozenAfter < 150, JSON.stringify(result));
    ok(result.reasons.some((reason) => reason.startsWith("freeze")), result.reasons.join("\n"));
    ok(result.right.after > 0.8, JSON.stringify(result.right));
  });

  it("serves a checkpoint's tool calls, and learns a new version from judgements", async () => {
    const out = await Deno.makeTempDir();
    try {
      const trained = tinyDesk(out);
      const kernels = await loadKernels();
      await train(trained, {
        kernels,
        now: () => 0,
        onEvent: () => {},
        save: (snapshot, state) => Promise.resolve(saveRun(trained, snapshot, state)),
      });
      await using service = await openService(
        resolveServiceConfiguration({
          agents: {
            desk: {
              policy: { kind: "checkpoint", path: out },
              update: { judgements: 8, seconds: 60 },
              gate: { canaryShare: 0, heldOutShare: 0 },
            },
          },
          store: { kind: "sqlite", path: ":memory:" },
        }),
        testMachine(),
      );
      for (let i = 0; i < 8; i++) {
        const { action, receipt, policyVersion } = await post(service, "/v1/decisions", {
          text: `close ticket T${10 + i}`,
        });
        ok(String(action).startsWith('<tool_call>{"name": '), String(action));
        equal(policyVersion, 0);
        await post(service, "/v1/feedback", { receipt, value: i % 2 === 0 });
      }
      await service.loop.drain();
      const { assignment, newestVersion, kind } = service.loop.status("desk");
      deepEqual([kind, assignment.incumbent, newestVersion], ["transformer", 1, 1]);
    } finally {
      await Deno.remove(out, { recursive: true });
    }
  });

  it("closes what it opened when a part cannot be opened", async () => {
    const missing = resolveServiceConfiguration({
      agents: {
        router: { policy: { kind: "reward-model", options: { model: "logistic" } }, candidates: TEAMS },
        gone: { policy: { kind: "checkpoint", path: "/nowhere" } },
      },
      store: { kind: "sqlite", path: ":memory:" },
    });
    await rejects(openService(missing, testMachine()), { code: "checkpoint_missing" });
  });
});
