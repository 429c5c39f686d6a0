import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, rejects } from "node:assert/strict";
import { openThreadedStore } from "../../src/store/mod.ts";
import { startThread } from "../../src/store/threaded/start_thread.ts";
import { judgement, METRICS, step } from "./_builders.ts";
import { storeConformance } from "./conformance.ts";

const folder = Deno.makeTempDirSync({ prefix: "eddy-store-" });
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
let files = 0;

storeConformance("SQLite in a thread", () => {
  const path = `${folder}/${++files}.db`;
  return Promise.resolve((options) => openThreadedStore(path, { metrics: { router: METRICS }, ...options }));
});

describe("openThreadedStore()", () => {
  const open = (): ReturnType<typeof openThreadedStore> =>
    openThreadedStore(`${folder}/${++files}.db`, { metrics: { router: METRICS } });

  it("keeps calls apart of which one cannot travel", async () => {
    await using store = await open();
    const bad = step(2, { replay: () => "functions cannot be copied" });
    const results = await Promise.allSettled([[step(1)], [bad], [step(3)]].map((steps) => store.steps.add(steps)));
    deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
    deepEqual(await store.steps.get(step(3).id), step(3));
  });

  it("gives judged steps to a reader whether or not it added them", async () => {
    const path = `${folder}/${++files}.db`;
    const steps = Array.from({ length: 30 }, (_, n) => step(n));
    {
      await using store = await openThreadedStore(path, { metrics: { router: METRICS } });
      await store.steps.add(steps.slice(0, 20));
      await store.feedback.add(steps.slice(0, 20).map((each) => judgement(each)));
    }
    await using store = await openThreadedStore(path, { metrics: { router: METRICS } });
    await store.steps.add(steps.slice(20));
    await store.feedback.add(steps.slice(20).map((each) => judgement(each)));
    for (const [from, to] of [[20, 30], [10, 25], [25, 30], [0, 30]]) {
      const after = await store.rewards.after("router", from, to - from);
      deepEqual(after.map((each) => each.step), steps.slice(from, to));
      deepEqual(await store.rewards.range("router", from + 1, to), after);
    }
  });

  it("is not there any more once it is closed", async () => {
    const store = await open();
    await store[Symbol.asyncDispose]();
    equal(await store.ping(1000), false);
    await rejects(store.steps.add([step(1)]), { code: "store_unavailable" });
  });

  it("rejects what waits and what comes when its thread dies, instead of being silent", async () => {
    const thread = startThread("the store");
    await thread.open(`${folder}/${++files}.db`, { metrics: { router: METRICS } });
    const waiting = thread.call("steps.get", ["nobody"]);
    const deadly = thread.call("steps.nothing", []);
    await rejects(deadly, { code: "store_unavailable", message: /its thread ended/ });
    await Promise.allSettled([waiting]);
    await rejects(thread.call("steps.get", ["nobody"]), { code: "store_unavailable" });
    thread.end();
  });
});
