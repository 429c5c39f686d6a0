import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import {
  createFunctionStore,
  type FunctionAction,
  functionCredit,
  type FunctionDraft,
  type FunctionStore,
  openSandbox,
  readFunctionCheckpoint,
  type Sandbox,
} from "../../../src/agent/mod.ts";
import { sandboxHost } from "../../../src/cli/sandbox_host.ts";

let sandbox: Sandbox;
const PATIENCE = 20_000;
const area: FunctionDraft = {
  name: "area",
  description: "Of a rectangle.",
  arguments: '{"a": {"type": "number"}, "b": {"type": "number"}}',
  code: "({ a, b }) => a * b",
};
const add = (draft: Partial<FunctionDraft> = {}): FunctionAction => ({ action: "add_function", ...area, ...draft });
const open = (): FunctionStore => createFunctionStore({ sandbox, deadline: PATIENCE });

async function refused(store: FunctionStore, action: FunctionAction): Promise<string> {
  const before = store.checkpoint();
  const validity = await store.apply(action);
  ok(!validity.valid, JSON.stringify(action));
  deepEqual(store.checkpoint(), before);
  return validity.reason;
}

describe("createFunctionStore()", () => {
  beforeAll(async () => {
    sandbox = await openSandbox({ host: sandboxHost(), now: () => performance.now(), size: 1 });
  });
  afterAll(() => sandbox.close());

  it("adds, revises and removes; a revision is another function", async () => {
    const store = open();
    for (const action of [add(), add({ name: "sum", code: "({ a, b }) => a + b" })]) {
      deepEqual(await store.apply(action), { valid: true });
    }
    await store.apply({ ...area, action: "revise_function", code: "({ a, b }) => b * a", description: "Other." });
    deepEqual(store.functions.map(({ name, revision }) => [name, revision]), [["area", 2], ["sum", 1]]);
    equal(store.functions[0].description, "Other.");
    deepEqual(await store.apply({ action: "TERMINATE" }), { valid: true });
    await store.apply({ action: "remove_function", name: "area" });
    deepEqual(store.functions.map(({ name }) => name), ["sum"]);
    deepEqual(store.functions[0].parameters, {
      type: "object",
      properties: { a: { type: "number" }, b: { type: "number" } },
      required: ["a", "b"],
      additionalProperties: false,
    });
  });

  it("validates without changing anything", async () => {
    const store = open();
    deepEqual([await store.validate(add()), store.functions], [{ valid: true }, []]);
  });

  it("refuses names that are none, taken or unknown", async () => {
    const store = open();
    for (const name of ["", "two words", "1st", "x".repeat(65), "a-b"]) {
      match(await refused(store, add({ name })), /name/);
    }
    await store.apply(add());
    match(await refused(store, add()), /there is a function 'area'; revise/);
    match(await refused(store, { action: "remove_function", name: "volume" }), /no function 'volume'; there are: area/);
    match(await refused(store, { action: "revise_function", ...area, name: "volume" }), /no function 'volume'/);
    const one = createFunctionStore({ sandbox, most: 1, from: store.checkpoint() });
    match(await refused(one, add({ name: "more" })), /there are 1 functions/);
  });

  it("refuses schemas that cannot be read or checked, and packages", async () => {
    const store = open();
    const schemas: Record<string, RegExp> = {
      "{": /no JSON; write/,
      "[]": /no JSON object/,
      '{"a": "number"}': /no schema for 'a'/,
      '{"a": {"type": "float"}}': /float/,
      '{"a": {"type": "string", "pattern": "("}}': /pattern|regular expression/i,
      '{"type": "object", "properties": {}, "required": ["a"]}': /requires 'a'/,
      '{"a": {"type": "string", "pattern": "^[0-9]{3}$"}, "b": {"type": "number"}}': /give each an 'examples' list/,
    };
    for (const [schema, reason] of Object.entries(schemas)) {
      match(await refused(store, add({ arguments: schema })), reason);
    }
    match(await refused(store, add({ packages: "lodash" })), /there are none/);
    const pattern = '{"a": {"type": "string", "pattern": "^[0-9]{3}$", "examples": ["123"]}}';
    deepEqual(await store.apply(add({ arguments: pattern, code: "({ a }) => a.length" })), { valid: true });
  });

  it("refuses code that cannot be read, is no function, or fails its trial", async () => {
    const store = open();
    const codes: Record<string, RegExp> = {
      "({ a, b }) =>": /SyntaxError/,
      "5": /no function/,
      "({ a }) => c": /ReferenceError: c is not defined/,
      "() => 1n": /TypeError/,
      "async () => await import('node:fs')": /TypeError/,
      "() => fetch('http://127.0.0.1')": /ReferenceError/,
      "() => 'x'.repeat(2e6)": /more than 1048576 bytes/,
      "() => new Uint8Array(2 ** 32)": /memory/,
    };
    for (const [code, reason] of Object.entries(codes)) match(await refused(store, add({ code })), reason);
    const hasty = createFunctionStore({ sandbox, deadline: 50 });
    match(await refused(hasty, add({ code: "() => { for (;;); }" })), /did not end within 50 ms/);
  });

  it("tries it with arguments that the schema allows", async () => {
    const schema = JSON.stringify({
      list: { type: "array", items: { type: "integer", minimum: 3, multipleOf: 5 }, minItems: 2 },
      kind: { enum: ["x", "y"] },
      share: { type: "number", exclusiveMinimum: 0, maximum: 1 },
      is: { type: "boolean" },
      word: { type: "string", minLength: 6 },
      inner: { type: "object", properties: { deep: { type: "integer", maximum: -4 } }, required: ["deep"] },
    });
    const code = `(given) => { if (JSON.stringify(given) !== '{"list":[5,5],"kind":"x","share":1,"is":true,' +
      '"word":"textxx","inner":{"deep":-4}}') throw new Error(JSON.stringify(given)) }`;
    deepEqual(await open().apply(add({ arguments: schema, code })), { valid: true });
  });

  it("calls with arguments that fit, and counts; what was never called has no credit", async () => {
    const store = open();
    await store.apply(add());
    await store.apply(add({ name: "idle" }));
    await store.apply(add({ name: "picky", code: "({ a, b }) => { if (a > 99) throw new Error('large'); return b }" }));
    const [first, second, third] = [store.openEpisode(), store.openEpisode(), store.openEpisode()];
    deepEqual(await first.call("area", { a: 3, b: 4 }), { kind: "value", value: 12 });
    deepEqual(await first.call("area", { a: 5, b: 5 }), { kind: "value", value: 25 });
    deepEqual(await second.call("picky", { a: 100, b: 4 }), { kind: "failed", reason: "Error: large" });
    match((await second.call("area", { a: "3", b: 4 }) as { reason: string }).reason, /^a: .*expected number/);
    match((await second.call("area", { a: 3 }) as { reason: string }).reason, /^b: /);
    match((await third.call("nothing", {}) as { reason: string }).reason, /no function 'nothing'/);
    for (const [episode, success] of [[first, true], [second, false], [third, true]] as const) {
      episode.end(success);
      episode.end(success);
    }
    deepEqual(
      store.usage().map((
        { name, calls, failures, episodes, successes },
      ) => [name, calls, failures, episodes, successes]),
      [["area", 4, 2, 2, 1], ["idle", 0, 0, 0, 0], ["picky", 1, 1, 1, 0]],
    );
    deepEqual(store.usage().map(functionCredit), [0.5, undefined, 0]);
    await store.apply({ ...area, action: "revise_function", code: "({ a }) => a" });
    equal(functionCredit(store.usage()[0]), undefined);
  });

  it("goes back to a checkpoint, and keeps what was logged", async () => {
    const store = open();
    await store.apply(add());
    const kept = store.checkpoint();
    const episode = store.openEpisode();
    await episode.call("area", { a: 1, b: 1 });
    await store.apply(add({ name: "other" }));
    await store.apply({ action: "remove_function", name: "area" });
    episode.end(true);
    store.rollBack(kept);
    deepEqual(store.functions.map(({ name, revision }) => [name, revision]), [["area", 0]]);
    equal(functionCredit(store.usage()[0]), 1);
    await store.apply(add({ name: "later" }));
    deepEqual(store.functions.map(({ revision }) => revision), [0, 2]);
  });

  it("is written as JSON and read again; what is no checkpoint is refused", async () => {
    const store = open();
    await store.apply(add());
    const episode = store.openEpisode();
    await episode.call("area", { a: 1, b: 1 });
    episode.end(true);
    const text = JSON.stringify(store.checkpoint());
    const again = createFunctionStore({ sandbox, from: readFunctionCheckpoint(text) });
    deepEqual(again.checkpoint(), store.checkpoint());
    deepEqual(await again.openEpisode().call("area", { a: 2, b: 3 }), { kind: "value", value: 6 });
    for (const wrong of ["", "{}", text.replace('"version":1', '"version":2'), text.replace('"number"', '"float"')]) {
      throws(() => readFunctionCheckpoint(wrong), {
        code: "checkpoint_invalid",
        message: /^Cannot read the functions: /,
      });
    }
  });
});
