import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { StepRecord } from "../../src/episode/mod.ts";
import type { KeptEpisode, Store, StoreOptions } from "../../src/store/mod.ts";
import { id, judgement, step, T0 } from "./_builders.ts";

/** Opens one database as often as wanted; each opening is a process of its own as far as memory goes. */
export type OpenStore = (options?: Partial<StoreOptions>) => Promise<Store>;
/** Gives an empty database. */
export type NewDatabase = () => Promise<OpenStore>;

/** The part of the suite that is about what was written before: episodes, versions, keys, opening and closing. */
export function keepingConformance(name: string, newDatabase: NewDatabase): void {
  describe(`${name}: episodes`, () => {
    async function filled(store: Store): Promise<void> {
      for (let n = 1; n <= 3; n++) {
        const episodeId = id("episode", n);
        const steps = [0, 1].map((k): StepRecord =>
          step(10 * n + k, { episodeId, createdAt: T0 + 1_000 * n + k, candidates: n === 2 ? undefined : ["x", "y"] })
        ).map((each) => JSON.parse(JSON.stringify(each)) as StepRecord);
        await store.steps.add(steps);
        await store.feedback.add([
          judgement(steps[1]),
          judgement(steps[1], { author: "x" }),
          judgement(steps[0], { metric: "solved", value: n > 1 }),
        ]);
      }
      await store.episodes.end({ id: id("episode", 2), agent: "router", endedAt: T0 + 9_000, terminated: true });
      await store.episodes.end({ id: id("episode", 2), agent: "router", endedAt: T0 + 9_999, terminated: false });
    }
    const collect = async (episodes: AsyncIterable<KeptEpisode>): Promise<KeptEpisode[]> => {
      const all: KeptEpisode[] = [];
      for await (const episode of episodes) all.push(episode);
      return all;
    };

    it("recent(), get() and all() give episodes with everything of theirs", async () => {
      await using store = await (await newDatabase())();
      await filled(store);
      const recent = await store.episodes.recent("router", 2);
      deepEqual(recent.map((each) => each.id), [id("episode", 3), id("episode", 2)]);
      const two = recent[1];
      deepEqual(two.end, { id: two.id, agent: "router", endedAt: T0 + 9_000, terminated: true });
      equal(two.startedAt, T0 + 2_000);
      deepEqual(two.steps.map((each) => each.id), [id("step", 20), id("step", 21)]);
      deepEqual(two.feedback.map((each) => each.status).sort(), ["joined", "joined", "superseded"]);
      deepEqual(two.rewards.map((each) => [each.metric, each.stepId, each.reward]), [
        ["correct", id("step", 21), 1],
        ["solved", id("step", 21), 1],
      ]);
      deepEqual(await store.episodes.get(two.id), two);
      equal(await store.episodes.get("nobody"), undefined);
      deepEqual((await collect(store.episodes.all())).map((each) => each.id), [1, 2, 3].map((n) => id("episode", n)));
      deepEqual((await collect(store.episodes.all(T0 + 3_000))).map((each) => each.id), [id("episode", 3)]);
    });

    it("all() goes through more episodes than one read takes", async () => {
      await using store = await (await newDatabase())();
      // Some begin in the same millisecond, at the end of a part.
      await store.steps.add(Array.from({ length: 130 }, (_, n) => step(n, { createdAt: T0 + Math.floor(n / 7) })));
      equal(new Set((await collect(store.episodes.all())).map((each) => each.id)).size, 130);
    });

    it("restore() puts back what all() gave, once, with the places of the journal", async () => {
      await using store = await (await newDatabase())();
      await using copy = await (await newDatabase())();
      await filled(store);
      equal(await copy.episodes.restore(store.episodes.all()), 3);
      equal(await copy.episodes.restore(store.episodes.all()), 0);
      deepEqual(await collect(copy.episodes.all()), await collect(store.episodes.all()));
      deepEqual(await copy.rewards.after("router", 0, 100), await store.rewards.after("router", 0, 100));
      deepEqual(await copy.feedback.counts("router"), await store.feedback.counts("router"));
      // What is added then goes on where the journal ended.
      await copy.steps.add([step(99)]);
      await copy.feedback.add([judgement(step(99)), judgement(step(31, { episodeId: id("episode", 3) }))]);
      equal(await copy.rewards.last("router"), (await store.rewards.last("router")) + 1);
    });

    it("restore() goes to the end of a journal that is not empty", async () => {
      await using store = await (await newDatabase())();
      await using copy = await (await newDatabase())();
      await filled(store);
      await copy.steps.add([step(99)]);
      await copy.feedback.add([judgement(step(99))]);
      equal(await copy.episodes.restore(store.episodes.all()), 3);
      const journal = await copy.rewards.after("router", 0, 100);
      deepEqual(journal.map((each) => each.sequence), [1, 2, 3, 4, 5, 6, 7]);
      equal(journal[0].step.id, step(99).id);
    });

    it("an end before the first step is kept", async () => {
      await using store = await (await newDatabase())();
      await store.episodes.end({ id: id("episode", 1), agent: "router", endedAt: T0 + 9, terminated: false });
      await store.steps.add([step(1)]);
      const episode = await store.episodes.get(id("episode", 1));
      deepEqual([episode?.startedAt, episode?.end?.terminated], [T0 + 1, false]);
    });
  });

  describe(`${name}: forget()`, () => {
    it("forgets whole old episodes that were learned, and nothing else", async () => {
      const open = await newDatabase();
      await using store = await open();
      await using other = await open();
      const [learned, unlearned, young, mixedOld, mixedYoung] = [
        step(1),
        step(2),
        step(3, { createdAt: T0 + 500_000 }),
        step(4),
        step(5, { episodeId: step(4).episodeId, createdAt: T0 + 500_000 }),
      ];
      await other.steps.add([learned, unlearned]);
      for (const each of [learned, mixedOld, unlearned]) {
        await store.steps.add([each]);
        await store.feedback.add([judgement(each)]);
      }
      await store.steps.add([young, mixedYoung, step(6, { candidates: ["only", "here"] })]);
      const orphan = judgement(step(7));
      await store.feedback.add([orphan]);
      await store.feedback.settle(T0 + 400_000);
      // learned: step, feedback, reward, episode; step 6: step, episode; the orphan.
      equal(await store.forget(T0 + 300_000, { router: 2 }), 4 + 2 + 1);
      const kept = async (store: Store): Promise<number[]> => {
        const found = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => store.steps.get(step(n).id)));
        return found.flatMap((each, n) => each === undefined ? [] : [n + 1]);
      };
      deepEqual(await kept(store), [2, 3, 4, 5]);
      equal(await store.forget(T0 + 300_000, { router: 2 }), 0);
      // Neither process relies on what it remembers of rows that are gone.
      deepEqual((await other.feedback.add([judgement(learned)]))[0], {
        kind: "accepted",
        id: judgement(learned).id,
        status: "early",
      });
      const again = step(6, { candidates: ["only", "here"] });
      await store.steps.add([again]);
      deepEqual(await store.steps.get(again.id), again);
      equal((await store.episodes.get(again.episodeId))?.steps.length, 1);
    });

    it("forgets nothing of an agent that has learned nothing", async () => {
      await using store = await (await newDatabase())();
      await store.steps.add([step(1)]);
      await store.feedback.add([judgement(step(1))]);
      equal(await store.forget(T0 + 300_000, {}), 0);
    });
  });

  describe(`${name}: policies`, () => {
    const version = (n: number, part = {}) => ({
      agent: "router",
      version: n,
      createdAt: T0 + n,
      learnedUpTo: 100 * n,
      report: { reward: 0.1 + 0.2 },
      ...part,
    });

    it("keeps versions, and snapshots once by their hash", async () => {
      await using store = await (await newDatabase())();
      const bytes = Uint8Array.from({ length: 70_000 }, (_, n) => n % 256);
      const zero = version(0, { contentHash: "aa", bytes: bytes.length });
      const one = version(1, { parent: 0, skipped: [[3, 5]] });
      const two = version(2, { parent: 1, contentHash: "aa", bytes: bytes.length });
      await store.policies.add(zero, bytes);
      await store.policies.add(one);
      await store.policies.add(two, bytes);
      await store.policies.add(one);
      deepEqual(await store.policies.list("router"), [two, one, zero]);
      deepEqual(await store.policies.list("router", 1), [two]);
      deepEqual(await store.policies.get("router", 1), one);
      equal(await store.policies.get("router", 9), undefined);
      deepEqual(await store.policies.nearestSnapshot("router", 1), zero);
      deepEqual(await store.policies.snapshot("aa"), bytes);
      equal(await store.policies.snapshot("bb"), undefined);
      await rejects(store.policies.add(version(1, { learnedUpTo: 7 })), RangeError);
    });

    it("history() is newest first, and assignment() is the last", async () => {
      await using store = await (await newDatabase())();
      equal(await store.policies.assignment("router"), undefined);
      const events = [1, 2, 3].map((n) => ({
        agent: "router",
        at: T0,
        action: "publish" as const,
        version: n,
        assignment: n === 3 ? { incumbent: 2, canary: { version: 3, share: 0.1 } } : { incumbent: n },
        reason: "better by 0.1",
        by: "gate",
      }));
      for (const event of events) await store.policies.record(event);
      deepEqual(await store.policies.history("router", 2), [events[2], events[1]]);
      deepEqual(await store.policies.assignment("router"), events[2].assignment);
    });
  });

  describe(`${name}: keys`, () => {
    it("keeps hashes and withdraws once", async () => {
      await using store = await (await newDatabase())();
      const key = { id: "k1", name: "app", hash: "00ff", scopes: ["decide", "feedback"] as const, createdAt: T0 };
      await store.keys.add(key);
      deepEqual(await store.keys.list(), [key]);
      deepEqual(
        [
          await store.keys.revoke("k1", T0 + 1),
          await store.keys.revoke("k1", T0 + 2),
          await store.keys.revoke("k2", T0),
        ],
        [true, false, false],
      );
      deepEqual(await store.keys.list(), [{ ...key, revokedAt: T0 + 1 }]);
    });
  });

  describe(`${name}: store`, () => {
    it("keeps everything when it is closed, and closing writes what waits", async () => {
      const open = await newDatabase();
      const store = await open({ groupMs: 1_000 });
      const added = store.steps.add([step(1)]);
      await store[Symbol.asyncDispose]();
      await added;
      equal(await store.ping(100), false);
      await rejects(store.steps.add([step(2)]), { code: "store_unavailable" });
      await using again = await open();
      ok(await again.ping(1_000));
      deepEqual(await again.steps.get(step(1).id), step(1));
    });

    it("refuses what comes when too much waits, and keeps what waited", async () => {
      await using store = await (await newDatabase())({ maximumWaitingRows: 3 });
      const calls = [1, 2, 3, 4].map((n) => store.steps.add([step(n)]));
      await rejects(calls[3], { code: "overloaded" });
      await Promise.all(calls.slice(0, 3));
      await store.steps.add([step(4)]);
      ok(await store.steps.get(step(3).id));
    });

    it("two processes that open a new database at once both get it", async () => {
      const open = await newDatabase();
      const stores = await Promise.all([open(), open(), open()]);
      await Promise.all(stores.map((store, n) => store.steps.add([step(n)])));
      equal((await stores[0].episodes.recent("router", 9)).length, 3);
      for (const store of stores) await store[Symbol.asyncDispose]();
    });
  });
}
