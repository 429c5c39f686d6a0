import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import {
  askForFunction,
  createFunctionOptimizer,
  createFunctionStore,
  type FunctionStore,
  type Sandbox,
} from "../../src/agent/mod.ts";
import { readSum, sums } from "../../src/environment/mod.ts";
import { createScriptedChat } from "../../src/policy/mod.ts";
import { oneSandbox } from "../../src/recipe/_one_sandbox.ts";
import { playWithFunctions, sumsRoles } from "../../src/recipe/mod.ts";

/** Runs code here and now: what the roles of this test write is known. */
const trusting: Sandbox = {
  call: (code, given) => Promise.resolve({ kind: "value", value: (0, eval)(code)(given) }),
  close: () => Promise.resolve(),
};

/** A store with a function for each of the eight kinds, all written right or all wrong. */
async function written(writing: 0 | 1): Promise<FunctionStore> {
  const chat = createScriptedChat({ seed: 1, roles: sumsRoles({ writing }) });
  const store = createFunctionStore({ sandbox: trusting });
  const environment = sums.create();
  const texts = Array.from({ length: 100 }, (_, seed) => environment.reset(seed, "train").turns[0].text);
  const tasks = [...new Map(texts.map((text) => [readSum(text)!.family, text])).values()]
    .map((conversation) => ({ conversation, success: false }));
  const propose = askForFunction((prompt) => chat.chat({ model: "writer", ...prompt }));
  const optimizer = createFunctionOptimizer({ store, propose, actions: 50 });
  await optimizer.round(tasks);
  return store;
}

async function shareSolved(store: FunctionStore, count: number): Promise<number> {
  const { chat } = createScriptedChat({ seed: 5, roles: sumsRoles({ writing: 1 }) });
  const environment = sums.create({ world: 3 });
  let solved = 0;
  for (let seed = 0; seed < count; seed++) {
    const start = environment.reset(seed, "test");
    solved += Number((await playWithFunctions({ environment, start, store, chat, model: "solver" })).success);
  }
  return solved / count;
}

describe("sumsRoles()", () => {
  it("writes a function for each kind, which is right, or right only where nothing is lost or added", async () => {
    for (const writing of [1, 0] as const) {
      const { functions } = await written(writing);
      equal(new Set(functions.map(({ name }) => name)).size, 8);
      const environment = sums.create({ world: 9 });
      for (let seed = 0; seed < 300; seed++) {
        const { family, numbers } = readSum(environment.reset(seed, "validation").turns[0].text)!;
        const { answer } = environment.snapshot!() as { answer: number };
        const { code } = functions.find(({ name }) => name === family)!;
        equal((0, eval)(code)(numbers) === answer, writing === 1 || numbers.extra === 0, `${code} ${seed}`);
      }
    }
  });

  it("solves 0.35 alone, 0.90 with right functions and 0.15 with wrong ones", async () => {
    const count = 300;
    const stores = [createFunctionStore({ sandbox: trusting }), await written(1), await written(0)];
    const shares = [0.35, 0.9, 0.15];
    for (const [index, store] of stores.entries()) {
      const share = await shareSolved(store, count);
      const error = 3.5 * Math.sqrt(shares[index] * (1 - shares[index]) / count);
      ok(Math.abs(share - shares[index]) < error, `${share} instead of ${shares[index]}`);
    }
  });

  it("helps kinds that failed, each once a round, and ends where there are none", async () => {
    const chat = createScriptedChat({ seed: 2, roles: sumsRoles({ writing: 1 }) });
    const store = createFunctionStore({ sandbox: trusting });
    const propose = askForFunction((prompt) => chat.chat({ model: "writer", ...prompt }));
    const optimizer = createFunctionOptimizer({ store, propose, actions: 9 });
    const environment = sums.create();
    const tasks = Array.from({ length: 30 }, (_, seed) => {
      const conversation = environment.reset(seed, "train").turns[0].text;
      return { conversation, success: !["travel", "age"].includes(readSum(conversation)!.family) };
    });
    const { applied } = await optimizer.round(tasks);
    deepEqual(applied.map((action) => action.action), ["add_function", "add_function"]);
    deepEqual(store.functions.map(({ name }) => name).sort(), ["age", "travel"]);
    const again = await optimizer.round(tasks);
    deepEqual(again.applied.map((action) => action.action), ["revise_function", "revise_function"]);
    deepEqual((await optimizer.round(tasks.map((task) => ({ ...task, success: true })))).applied, []);
  });
});

describe("playWithFunctions()", () => {
  it("calls what is called, says what came of it, and credits what was used", async () => {
    const store = createFunctionStore({ sandbox: trusting });
    const draft = { description: "", arguments: '{"n": {"type": "integer"}}' };
    await store.apply({ action: "add_function", name: "twice", ...draft, code: "({ n }) => 2 * n" });
    const environment = sums.create();
    const start = environment.reset(1, "train");
    const finish = environment.gold!()!.startsWith("finish") ? environment.gold!()! : "finish[-1]";
    const calls = [{ name: "twice", arguments: { n: 4 } }, { name: "twice", arguments: { n: 0.5 } }];
    const rules = [{ when: /^\S+ .*\(first\)$/, say: { calls } }, { say: finish }];
    const { chat } = createScriptedChat({ seed: 1, roles: { someone: { rules } } });
    const { conversation, success } = await playWithFunctions({
      environment,
      start,
      store,
      chat,
      model: "someone",
      note: "(first)",
    });
    match(conversation, /\(first\) \| \[\{.*twice.*\] \| 8 \| failed: n: .* \| finish\[-1\] \| that is wrong\.$/);
    equal(success, false);
    deepEqual(store.usage(), [{ revision: 0, name: "twice", calls: 2, failures: 1, episodes: 1, successes: 0 }]);
  });

  it("goes on after arguments that are no JSON, and ends after its answers", async () => {
    const store = createFunctionStore({ sandbox: trusting });
    const draft = { name: "twice", description: "", arguments: '{"n": {"type": "integer"}}', code: "({ n }) => 2 * n" };
    await store.apply({ action: "add_function", ...draft });
    const rules = [{ say: { calls: [{ name: "twice", arguments: { n: 4 } }] } }];
    const { chat, usage } = createScriptedChat({ seed: 1, roles: { loop: { rules } }, faults: { malformedJson: 1 } });
    const environment = sums.create();
    const start = environment.reset(1, "train");
    const { conversation } = await playWithFunctions({ environment, start, store, chat, model: "loop", answers: 3 });
    equal(usage("loop").calls, 3);
    match(conversation, /failed: the arguments are no JSON/);
    equal(store.usage()[0].calls, 0);
  });
});

describe("oneSandbox()", () => {
  it("opens when asked, once, and closes what it opened", async () => {
    const log: string[] = [];
    const open = (): Promise<Sandbox> => {
      log.push("opened");
      return Promise.resolve({ ...trusting, close: () => (log.push("closed"), Promise.resolve()) });
    };
    await oneSandbox("a", open).close();
    deepEqual(log, []);
    const shared = oneSandbox("a", open);
    equal(await shared.open(), await shared.open());
    await shared.close();
    deepEqual(log, ["opened", "closed"]);
  });

  it("says what to do where there is none", async () => {
    const none = oneSandbox("agent_optimizer");
    await rejects(none.open(), { code: "sandbox_unavailable", message: /'agent_optimizer'.*pass openSandbox/ });
    await none.close();
    const broken = oneSandbox("a", () => Promise.reject(new Error("no")));
    await rejects(broken.open(), /no/);
    await broken.close();
  });
});
