import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, rejects, throws } from "node:assert/strict";
import {
  askForFunction,
  createFunctionOptimizer,
  createFunctionStore,
  type FunctionAction,
  type FunctionOptimizer,
  type FunctionPrompt,
  type FunctionQuestion,
  type FunctionStore,
  readFunctionAction,
  type Sandbox,
} from "../../../src/agent/mod.ts";
import { createScriptedChat } from "../../../src/policy/mod.ts";

/** Stands for a sandbox where nothing depends on what functions do. */
const idle: Sandbox = {
  call: (code) => Promise.resolve(code === "bad" ? { kind: "memory" } : { kind: "value", value: 1 }),
  close: () => Promise.resolve(),
};
const add = (name: string, code = "good"): FunctionAction => ({
  action: "add_function",
  name,
  description: "",
  arguments: "{}",
  code,
});
/** `solved` of ten tasks. */
const tried = (solved: number): { conversation: string; success: boolean }[] =>
  Array.from({ length: 10 }, (_, index) => ({ conversation: `task ${index}`, success: index < solved }));

interface Optimized {
  readonly store: FunctionStore;
  readonly optimizer: FunctionOptimizer;
  readonly asked: readonly FunctionQuestion[];
  names(): string[];
}

function optimize(
  answers: readonly (FunctionAction | TypeError)[],
  options: { actions?: number; rollBack?: boolean } = {},
): Optimized {
  const store = createFunctionStore({ sandbox: idle });
  const asked: FunctionQuestion[] = [];
  const left = [...answers];
  const optimizer = createFunctionOptimizer({
    store,
    actions: 1,
    ...options,
    propose(question): Promise<FunctionAction> {
      asked.push(question);
      const answer = left.shift() ?? { action: "TERMINATE" };
      return answer instanceof TypeError ? Promise.reject(answer) : Promise.resolve(answer);
    },
  });
  const names = (): string[] => store.functions.map(({ name }) => name);
  return { store, optimizer, asked, names };
}

describe("createFunctionOptimizer()", () => {
  it("takes back what is worse, accepts what is equal, and tells of failures, the worst first", async () => {
    const { optimizer, asked, names } = optimize(["a", "b", "c", "d", "e"].map((name) => add(name)));
    deepEqual((await optimizer.round(tried(3))).rolledBack, false);
    deepEqual(names(), ["a"]);
    await optimizer.round(tried(5));
    deepEqual(names(), ["a", "b"]);
    const { rolledBack, best, performance } = await optimizer.round(tried(4));
    deepEqual([rolledBack, best, performance, names()], [true, 0.5, 0.4, ["a", "c"]]);
    await optimizer.round(tried(2));
    deepEqual(names(), ["a", "d"]);
    const last = asked[3];
    deepEqual(last.failures.map((failed) => [failed.performance, failed.functions.map(({ name }) => name)]), [
      [0.2, ["a", "c"]],
      [0.4, ["a", "b"]],
    ]);
    deepEqual([last.tasks, last.best.map(({ name }) => name)], [tried(5), ["a"]]);
    equal((await optimizer.round(tried(5))).rolledBack, false);
    deepEqual([asked[4].failures, optimizer.best().functions.map(({ name }) => name)], [[], ["a", "d"]]);
  });

  it("never goes below its best, whatever happens", async () => {
    const { optimizer } = optimize(Array.from({ length: 30 }, (_, index) => add(`f${index}`)));
    let before = -1;
    for (const solved of [4, 2, 9, 1, 9, 10, 3, 0]) {
      const { best } = await optimizer.round(tried(solved));
      equal(best >= before, true);
      before = best;
    }
    equal(before, 1);
  });

  it("accepts everything where nothing is taken back", async () => {
    const { optimizer, names } = optimize([add("a"), add("b"), add("c")], { rollBack: false });
    for (const solved of [5, 1, 0]) equal((await optimizer.round(tried(solved))).rolledBack, false);
    deepEqual([names(), optimizer.best().functions.length], [["a", "b", "c"], 2]);
  });

  it("asks again with what was wrong, at most three times an action, and ends at TERMINATE", async () => {
    const { optimizer, asked, names } = optimize([
      add("a", "bad"),
      new TypeError("not readable"),
      add("a"),
      add("b", "bad"),
      add("b", "bad"),
      add("b", "bad"),
      add("c"),
    ], { actions: 5 });
    const { applied, refused } = await optimizer.round(tried(1));
    deepEqual([names(), applied.length, refused.length, asked.length], [["a"], 1, 5, 6]);
    match(asked[2].complaints.join(), /too much memory,not readable/);
    deepEqual([asked[3].complaints, asked[3].applied.length], [[], 1]);
    await rejects(optimizer.round([]), RangeError);
  });

  it("lets errors through that are nobody's answer", async () => {
    const store = createFunctionStore({ sandbox: idle });
    const propose = (): Promise<FunctionAction> => Promise.reject(new Error("the endpoint is gone"));
    await rejects(createFunctionOptimizer({ store, propose }).round(tried(1)), /endpoint is gone/);
  });
});

describe("askForFunction()", () => {
  it("shows both lists, tasks, use, failures and complaints, and reads the call", async () => {
    const prompts: FunctionPrompt[] = [];
    const call = { name: "add_function", arguments: { name: "f", description: "d", arguments: "{}", code: "() => 1" } };
    const chat = createScriptedChat({ seed: 1, roles: { writer: { rules: [{ say: { calls: [call] } }] } } });
    const { optimizer, store } = optimize([]);
    await store.apply(add("old"));
    await optimizer.round(tried(2));
    const propose = askForFunction((prompt) => (prompts.push(prompt), chat.chat({ model: "writer", ...prompt })));
    deepEqual(
      await propose({
        best: store.functions,
        current: [],
        tasks: [{ conversation: `long ${"x".repeat(5000)}`, success: false }, ...tried(2)],
        usage: store.usage(),
        failures: [{ functions: [], performance: 0.25 }],
        applied: [{ action: "remove_function", name: "gone" }],
        complaints: ["no such name"],
      }),
      { action: "add_function", ...call.arguments, packages: "" },
    );
    const [system, user] = prompts[0].messages.map(({ content }) => content ?? "");
    match(system, /TERMINATE/);
    match(user, /List A, 2 of 11.*"old".*failed: long.* … .*solved: task 0.*old: 0 calls.*25 % solved: \[\]/s);
    match(
      user,
      /List B\n\[\]\n## Changes from A to B\nremove_function gone\nYour last answer cannot be used: no such name/,
    );
    equal(user.length < 3000, true);
    deepEqual(prompts[0].tools.map((tool) => tool.function.name), [
      "add_function",
      "revise_function",
      "remove_function",
    ]);
  });
});

describe("readFunctionAction()", () => {
  const called = (name: string, given: string): Parameters<typeof readFunctionAction>[0] => ({
    role: "assistant",
    content: null,
    tool_calls: [{ id: "1", type: "function", function: { name, arguments: given } }],
  });

  it("reads the four actions", () => {
    deepEqual(readFunctionAction({ role: "assistant", content: "TERMINATE." }), { action: "TERMINATE" });
    deepEqual(readFunctionAction(called("remove_function", '{"name":"f"}')), { action: "remove_function", name: "f" });
    const draft = { name: "f", description: "", arguments: "{}", packages: "", code: "" };
    for (const action of ["add_function", "revise_function"]) {
      deepEqual(readFunctionAction(called(action, JSON.stringify(draft))), { action, ...draft });
    }
  });

  it("says what is wrong with other answers", () => {
    throws(() => readFunctionAction({ role: "assistant", content: "Well." }), /call one of add_function/);
    throws(() => readFunctionAction(called("remove_function", "{")), /no JSON/);
    throws(() => readFunctionAction(called("remove_function", "null")), /needs 'name' as text/);
    throws(() => readFunctionAction(called("add_function", '{"name":"f"}')), /needs 'description'/);
    throws(() => readFunctionAction(called("drop_table", "{}")), /there is no 'drop_table'/);
  });
});
