import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import type { Feedback, Metrics } from "../../src/episode/mod.ts";
import type { Store } from "../../src/store/mod.ts";
import { keepingConformance, type NewDatabase } from "./_conformance_keeping.ts";
import { id, judgement, metric, METRICS, step, T0, WINDOW } from "./_builders.ts";

/** What every store does, whatever it is made of. */
export function storeConformance(name: string, newDatabase: NewDatabase): void {
  const fresh = async (metrics: Metrics = METRICS): Promise<Store> =>
    await (await newDatabase())({ metrics: { router: metrics } });
  const rewardsOf = async (store: Store, agent = "router"): Promise<(readonly [string, string, number, string])[]> =>
    (await store.rewards.after(agent, 0, 1_000)).map((each) =>
      [each.step.id, each.metric, each.reward, each.source] as const
    );
  const statuses = async (store: Store, ...feedback: Feedback[]): Promise<string[]> =>
    (await store.feedback.add(feedback)).map((each) => each.kind === "accepted" ? each.status : each.kind);

  describe(`${name}: steps`, () => {
    it("add() keeps every field, and get() gives it back bit for bit", async () => {
      await using store = await fresh();
      const rich = step(1, {
        probabilities: [0.1, 0.2, 0.7],
        value: -0.3333333333333333,
        replay: { tokens: [1, 2], nested: { text: "„ü“ 🙂 \u0000" } },
        shadowAction: "card_lost",
        arm: "shadow",
      });
      const { candidates: _, choice: __, ...bare } = step(2);
      await store.steps.add([rich, bare]);
      deepEqual(await store.steps.get(rich.id), rich);
      deepEqual(await store.steps.get(bare.id), bare);
      equal(await store.steps.get("nobody"), undefined);
    });

    it("add() leaves a step that is there as it is", async () => {
      const open = await newDatabase();
      await using store = await open();
      await using other = await open();
      const again = step(1, { action: "card_lost" });
      deepEqual(await Promise.all([store.steps.add([step(1)]), store.steps.add([again])]), [[], [again.id]]);
      deepEqual(await store.steps.add([again]), [again.id]);
      deepEqual(await other.steps.add([again, step(2)]), [again.id]);
      equal((await store.steps.get(step(1).id))?.action, "card_arrival");
      equal((await store.steps.get(step(2).id))?.action, "card_arrival");
      await store.feedback.add([judgement(step(1)), judgement(step(2))]);
      for (const reader of [store, other, store]) {
        deepEqual((await reader.rewards.after("router", 0, 9)).map((each) => each.step), [step(1), step(2)]);
      }
    });

    it("ofEpisode() orders by id, however they came", async () => {
      await using store = await fresh();
      const episodeId = id("episode", 1);
      await store.steps.add([step(3, { episodeId }), step(1, { episodeId })]);
      await store.steps.add([step(2, { episodeId })]);
      deepEqual((await store.steps.ofEpisode(episodeId)).map((each) => each.id), [1, 2, 3].map((n) => id("step", n)));
    });

    it("gives equal lists of candidates back to the right steps", async () => {
      await using store = await fresh();
      const lists = [["a", "b"], ["a", "b", "c"], ["a", "b"], ["ab"], []];
      await store.steps.add(lists.map((candidates, n) => step(n, { candidates })));
      for (const [n, candidates] of lists.entries()) {
        deepEqual((await store.steps.get(step(n).id))?.candidates, candidates);
      }
    });

    it("a row that cannot be kept rejects its own call and no other of its group", async () => {
      await using store = await fresh();
      const calls = [1, 2, 3, 4, 5].map((n) => store.steps.add([step(n, n === 3 ? { propensity: NaN } : {})]));
      const results = await Promise.allSettled(calls);
      deepEqual(results.map((each) => each.status === "fulfilled"), [true, true, false, true, true]);
      deepEqual(
        await Promise.all([2, 3, 4].map(async (n) => (await store.steps.get(step(n).id)) !== undefined)),
        [true, false, true],
      );
    });
  });

  describe(`${name}: feedback`, () => {
    it("rewards a step once, however often its judgement is sent", async () => {
      const open = await newDatabase();
      await using store = await open();
      await using other = await open();
      await store.steps.add([step(1)]);
      const sent = judgement(step(1));
      const first = await Promise.all([store.feedback.add([sent]), store.feedback.add([sent, sent])]);
      deepEqual(first.flat().map((each) => each.kind), ["accepted", "duplicate", "duplicate"]);
      const again = await other.feedback.add([{ ...sent, id: "another id", receivedAt: T0 + 5_000 }]);
      deepEqual(again, [{ kind: "duplicate", id: sent.id }]);
      deepEqual(await rewardsOf(other), [[step(1).id, "correct", 1, "judged"]]);
      deepEqual(await store.feedback.counts("router"), {
        joined: 1,
        early: 0,
        orphaned: 0,
        late: 0,
        superseded: 0,
        duplicate: 3,
        conflict: 0,
      });
    });

    it("an equal key with other content is a conflict and changes nothing", async () => {
      await using store = await fresh();
      await store.steps.add([step(1), step(2)]);
      const sent = judgement(step(1));
      await store.feedback.add([sent]);
      const others: Partial<Feedback>[] = [{ value: false }, { author: "program" }, { stepId: step(2).id }, {
        episodeId: step(2).episodeId,
      }, { metric: "solved" }];
      for (const part of others) {
        deepEqual(await store.feedback.add([{ ...sent, ...part }]), [{ kind: "conflict", id: sent.id }]);
      }
      deepEqual(await rewardsOf(store), [[step(1).id, "correct", 1, "judged"]]);
      deepEqual((await store.feedback.ofEpisode(step(1).episodeId)).map(({ status: _, ...each }) => each), [sent]);
      equal((await store.feedback.counts("router")).conflict, others.length);
    });

    it("the same key of two agents names two judgements", async () => {
      await using store = await (await newDatabase())({ metrics: { router: METRICS, writer: METRICS } });
      const ours = step(1);
      const theirs = step(2, { agent: "writer" });
      await store.steps.add([ours, theirs]);
      deepEqual(await statuses(store, judgement(ours, { key: "k" }), judgement(theirs, { key: "k" })), [
        "joined",
        "joined",
      ]);
      equal((await rewardsOf(store, "writer")).length, 1);
    });

    it("the first of several judgements counts, later ones are superseded", async () => {
      await using store = await fresh();
      await store.steps.add([step(1)]);
      const [first, second, third] = [true, false, true].map((value, n) =>
        judgement(step(1), { value, author: `judge ${n}` })
      );
      deepEqual(await statuses(store, first, second), ["joined", "superseded"]);
      deepEqual(await statuses(store, third), ["superseded"]);
      deepEqual(await rewardsOf(store), [[step(1).id, "correct", 1, "judged"]]);
    });

    it("a step added before its feedback is visible to it within the same group", async () => {
      await using store = await fresh();
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, n) => {
          void store.steps.add([step(n)]);
          return statuses(store, judgement(step(n)));
        }),
      );
      deepEqual(outcomes.flat(), Array(50).fill("joined"));
    });

    it("early feedback joins when its step arrives, the earliest first", async () => {
      const open = await newDatabase();
      await using store = await open();
      const [no, yes] = [
        judgement(step(1), { value: false, receivedAt: T0 + 1 }),
        judgement(step(1), { value: true, receivedAt: T0 + 2, author: "x" }),
      ];
      deepEqual(await statuses(store, yes), ["early"]);
      deepEqual(await statuses(store, no), ["early"]);
      equal((await store.feedback.counts("router")).early, 2);
      await using other = await open();
      await other.steps.add([step(1), step(2)]);
      deepEqual(await rewardsOf(store), [[step(1).id, "correct", 0, "judged"]]);
      deepEqual((await store.feedback.ofEpisode(step(1).episodeId)).map((each) => each.status), [
        "joined",
        "superseded",
      ]);
      const counts = await store.feedback.counts("router");
      deepEqual([counts.early, counts.joined, counts.superseded], [0, 1, 1]);
    });

    it("early feedback is an orphan after the window, and a step that comes later does not get it", async () => {
      await using store = await fresh();
      const early = judgement(step(1));
      await store.feedback.add([early]);
      equal(await store.feedback.settle(early.receivedAt + WINDOW), 0);
      equal((await store.feedback.counts("router")).early, 1);
      equal(await store.feedback.settle(early.receivedAt + WINDOW + 1), 0);
      const counts = await store.feedback.counts("router");
      deepEqual([counts.early, counts.orphaned], [0, 1]);
      await store.steps.add([step(1)]);
      deepEqual(await rewardsOf(store), []);
    });

    it("feedback on a step of another agent or episode waits and never counts", async () => {
      await using store = await (await newDatabase())({ metrics: { router: METRICS, writer: METRICS } });
      await store.steps.add([step(1), step(2)]);
      deepEqual(
        await statuses(
          store,
          judgement(step(1), { agent: "writer" }),
          judgement(step(1), { episodeId: step(2).episodeId }),
        ),
        ["early", "early"],
      );
    });

    it("feedback is late one millisecond after the window, and kept", async () => {
      await using store = await fresh();
      await store.steps.add([step(1), step(2)]);
      const [inTime, late] = [1, 2].map((n) =>
        judgement(step(n), { receivedAt: step(n).createdAt + WINDOW + Number(n === 2) })
      );
      deepEqual(await statuses(store, inTime, late), ["joined", "late"]);
      deepEqual(await rewardsOf(store), [[step(1).id, "correct", 1, "judged"]]);
      equal((await store.feedback.ofEpisode(step(2).episodeId)).length, 1);
    });

    it("feedback on an episode rewards its last step, once; steps that follow do not move it", async () => {
      await using store = await fresh();
      const episodeId = id("episode", 1);
      const steps = [1, 2, 3].map((n) => step(n, { episodeId }));
      await store.steps.add([steps[0], steps[1]]);
      const solved = judgement(steps[0], { metric: "solved", value: true });
      deepEqual(await statuses(store, solved), ["joined"]);
      await store.steps.add([steps[2]]);
      deepEqual(await statuses(store, judgement(steps[0], { metric: "solved", value: false, author: "x" })), [
        "superseded",
      ]);
      deepEqual(await rewardsOf(store), [[steps[1].id, "solved", 1, "judged"]]);
    });

    it("feedback on an episode that has not begun rewards the step that begins it", async () => {
      await using store = await fresh();
      deepEqual(await statuses(store, judgement(step(1), { metric: "solved" })), ["early"]);
      await store.steps.add([step(1)]);
      deepEqual(await rewardsOf(store), [[step(1).id, "solved", 1, "judged"]]);
    });

    it("two agents in one episode are judged apart", async () => {
      await using store = await (await newDatabase())({ metrics: { router: METRICS, writer: METRICS } });
      const episodeId = id("episode", 1);
      const [ours, theirs] = [step(1, { episodeId }), step(2, { episodeId, agent: "writer" })];
      await store.steps.add([ours, theirs]);
      await store.feedback.add([
        judgement(ours, { metric: "solved" }),
        judgement(theirs, { metric: "solved", value: false }),
      ]);
      deepEqual(await rewardsOf(store), [[ours.id, "solved", 1, "judged"]]);
      deepEqual(await rewardsOf(store, "writer"), [[theirs.id, "solved", 0, "judged"]]);
    });

    it("a correction rewards what was done by whether it was right; the first one wins, comments are worth nothing", async () => {
      await using store = await fresh();
      await store.steps.add([step(1), step(2)]);
      const correct = (n: number, value: string, author = "person"): Feedback =>
        judgement(step(n), { metric: "correction", value, author });
      deepEqual(
        await statuses(
          store,
          correct(1, "card_lost"),
          correct(1, "card_arrival", "x"),
          correct(2, "card_arrival"),
          judgement(step(1), { metric: "comment", value: "no!" }),
        ),
        ["joined", "superseded", "joined", "joined"],
      );
      deepEqual(
        (await store.rewards.after("router", 0, 9)).map((each) => [each.reward, each.source, each.correction]),
        [[0, "correction", "card_lost"], [1, "correction", "card_arrival"]],
      );
    });

    it("undeclared metrics and values that cannot be read are kept and not learned from", async () => {
      await using store = await fresh();
      await store.steps.add([step(1)]);
      deepEqual(
        await statuses(
          store,
          judgement(step(1), { metric: "constructor" }),
          judgement(step(1), { value: 0.5 }),
          judgement(step(1), { metric: "correction", value: 1 }),
        ),
        ["superseded", "superseded", "superseded"],
      );
      deepEqual(await rewardsOf(store), []);
      equal((await store.feedback.ofEpisode(step(1).episodeId)).length, 3);
      deepEqual(await statuses(store, judgement(step(1))), ["joined"]);
    });

    it("reordered and repeated input gives the same rewards", async () => {
      const steps = [1, 2, 3, 4].map((n) => step(n));
      const feedback = steps.map((each, n) => judgement(each, { value: n % 2 === 0 }));
      type Write = (store: Store) => Promise<unknown>;
      const writes: Write[] = [
        ...steps.map((each): Write => (store) => store.steps.add([each])),
        ...feedback.map((each): Write => (store) => store.feedback.add([each])),
      ];
      const orders = [[0, 1, 2, 3, 4, 5, 6, 7], [7, 6, 5, 4, 3, 2, 1, 0], [4, 0, 4, 5, 1, 1, 7, 3, 6, 2, 2]];
      const seen = new Set<string>();
      for (const order of orders) {
        await using store = await fresh();
        for (const each of order) await writes[each](store);
        seen.add(JSON.stringify((await rewardsOf(store)).sort()));
      }
      deepEqual([...seen], [JSON.stringify(steps.map((each, n) => [each.id, "correct", (n + 1) % 2, "judged"]))]);
    });
  });

  describe(`${name}: settle()`, () => {
    const score = { type: "number", range: [0, 10] } as const;
    const cases = [
      { aggregation: "last", expected: 0.4 },
      { aggregation: "mean", expected: (0.2 + 0.9 + 0.4) / 3 },
      { aggregation: "minimum", expected: 0.2 },
      { aggregation: "maximum", expected: 0.9 },
    ] as const;
    for (const { aggregation, expected } of cases) {
      it(`settles '${aggregation}' when the window closes, in order of receipt`, async () => {
        await using store = await fresh({ score: metric({ ...score, aggregation }) });
        await store.steps.add([step(1)]);
        const at = (value: number, ms: number): Feedback =>
          judgement(step(1), { metric: "score", value, receivedAt: step(1).createdAt + ms });
        // The last one comes first.
        deepEqual(await statuses(store, at(4, 30), at(2, 10), at(9, 20)), ["joined", "joined", "joined"]);
        equal(await store.feedback.settle(step(1).createdAt + WINDOW), 0);
        equal(await store.feedback.settle(step(1).createdAt + WINDOW + 1), 1);
        equal(await store.feedback.settle(step(1).createdAt + WINDOW + 1), 0);
        deepEqual(await rewardsOf(store), [[step(1).id, "score", expected, "judged"]]);
        deepEqual(await statuses(store, at(8, 40)), ["late"]);
      });
    }

    it("settles a judgement that was in time but came after the window was closed", async () => {
      await using store = await fresh({ score: metric({ ...score, aggregation: "mean" }) });
      await store.steps.add([step(1)]);
      equal(await store.feedback.settle(T0 + 2 * WINDOW), 0);
      deepEqual(await statuses(store, judgement(step(1), { metric: "score", value: 5 })), ["joined"]);
      equal(await store.feedback.settle(T0 + 2 * WINDOW), 1);
      deepEqual(await rewardsOf(store), [[step(1).id, "score", 0.5, "judged"]]);
    });

    it("silence has the reward that is declared, and what comes then is late", async () => {
      await using store = await fresh({ clicked: metric({ missing: 0.25 }) });
      await store.steps.add([step(1), step(2)]);
      await store.feedback.add([judgement(step(1), { metric: "clicked" })]);
      equal(await store.feedback.settle(T0 + 2 * WINDOW), 1);
      deepEqual(await rewardsOf(store), [
        [step(1).id, "clicked", 1, "judged"],
        [step(2).id, "clicked", 0.25, "missing"],
      ]);
      deepEqual(await statuses(store, judgement(step(2), { metric: "clicked" })), ["late"]);
    });

    it("silence can be worth the mean of what was judged, and nothing while nothing was", async () => {
      await using store = await fresh({ clicked: metric({ missing: "mean" }) });
      await store.steps.add([step(1)]);
      equal(await store.feedback.settle(T0 + 2 * WINDOW), 0);
      const later = [2, 3, 4, 5].map((n) => step(n, { createdAt: T0 + 3 * WINDOW }));
      await store.steps.add(later);
      await store.feedback.add(
        [true, false, true].map((value, n) => judgement(later[n], { metric: "clicked", value })),
      );
      equal(await store.feedback.settle(T0 + 5 * WINDOW), 1);
      deepEqual((await rewardsOf(store)).at(-1), [later[3].id, "clicked", 2 / 3, "missing"]);
    });

    it("an episode's silence is settled at its last step", async () => {
      await using store = await fresh({ solved: metric({ level: "episode", missing: 0 }) });
      const episodeId = id("episode", 1);
      await store.steps.add([1, 2].map((n) => step(n, { episodeId, createdAt: T0 + n * 1_000 })));
      equal(await store.feedback.settle(T0 + 10 * WINDOW), 1);
      deepEqual(await rewardsOf(store), [[step(2).id, "solved", 0, "missing"]]);
    });

    it("settles each window of a step in its turn", async () => {
      await using store = await fresh({
        quick: metric({ missing: 0 }),
        slow: metric({ missing: 1, windowSeconds: 120 }),
      });
      await store.steps.add([step(1)]);
      equal(await store.feedback.settle(T0 + WINDOW + 2), 1);
      equal(await store.feedback.settle(T0 + WINDOW + 3), 0);
      equal(await store.feedback.settle(T0 + 2 * WINDOW + 2), 1);
      deepEqual((await rewardsOf(store)).map((each) => each[1]), ["quick", "slow"]);
    });

    it("settles many more than one transaction takes", async () => {
      await using store = await fresh({ clicked: metric({ missing: 0 }) });
      await store.steps.add(Array.from({ length: 1_000 }, (_, n) => step(n)));
      equal(await store.feedback.settle(T0 + 2 * WINDOW), 1_000);
      equal(await store.rewards.last("router"), 1_000);
    });
  });

  describe(`${name}: rewards`, () => {
    it("after() and range() give the journal in order and in parts", async () => {
      await using store = await fresh();
      const steps = Array.from({ length: 1_200 }, (_, n) => step(n));
      await store.steps.add(steps);
      await store.feedback.add(steps.map((each) => judgement(each)));
      const all = await store.rewards.after("router", 0, 10_000);
      deepEqual(all.map((each) => each.sequence), steps.map((_, n) => n + 1));
      deepEqual(all[7].step, steps.find((each) => each.id === all[7].step.id));
      deepEqual((await store.rewards.after("router", 1_190, 4)).map((each) => each.sequence), [1191, 1192, 1193, 1194]);
      deepEqual((await store.rewards.range("router", 3, 5)).map((each) => each.sequence), [3, 4, 5]);
      deepEqual(await store.rewards.after("nobody", 0, 10), []);
      deepEqual([await store.rewards.last("router"), await store.rewards.last("nobody")], [1_200, 0]);
    });

    it("onWritten() tells agents after the commit, until it is ended", async () => {
      await using store = await fresh();
      const heard: string[][] = [];
      const end = store.rewards.onWritten((agents) => heard.push([...agents]));
      await store.steps.add([step(1), step(2)]);
      deepEqual(heard, []);
      await store.feedback.add([judgement(step(1))]);
      await store.feedback.add([judgement(step(1))]);
      deepEqual(heard, [["router"]]);
      end();
      await store.feedback.add([judgement(step(2))]);
      deepEqual(heard, [["router"]]);
    });

    it("curve() has mean and number of each part", async () => {
      await using store = await fresh();
      for (let n = 1; n <= 10; n++) {
        await store.steps.add([step(n)]);
        await store.feedback.add([judgement(step(n), { value: n > 5 })]);
      }
      deepEqual(await store.rewards.curve("router", 1, 10, 5), [
        { from: 1, steps: 2, mean: 0 },
        { from: 3, steps: 2, mean: 0 },
        { from: 5, steps: 2, mean: 0.5 },
        { from: 7, steps: 2, mean: 1 },
        { from: 9, steps: 2, mean: 1 },
      ]);
    });

    it("a reader never misses a reward while two processes write", async () => {
      const open = await newDatabase();
      await using a = await open({ groupMs: 0 });
      await using b = await open({ groupMs: 1 });
      await using reader = await open();
      const seen: number[] = [];
      let writing = true;
      const read = async (): Promise<void> => {
        for (let last = false;;) {
          const part = await reader.rewards.after("router", seen.at(-1) ?? 0, 50);
          seen.push(...part.map((each) => each.sequence));
          if (last && part.length === 0) return;
          last = !writing;
          await new Promise((resolve) => setTimeout(resolve, 0));
        }
      };
      const write = async (store: Store, offset: number): Promise<void> => {
        for (let n = 0; n < 150; n += 3) {
          await Promise.all([0, 1, 2].map(async (k) => {
            // Every third step is judged by both.
            const shared = step(k === 0 ? n : offset + n + k);
            await store.steps.add([shared]);
            await store.feedback.add([judgement(shared)]);
          }));
        }
      };
      const reading = read();
      await Promise.all([write(a, 1_000), write(b, 2_000)]);
      writing = false;
      await reading;
      deepEqual(seen, Array.from({ length: 50 + 2 * 100 }, (_, n) => n + 1));
    });
  });

  keepingConformance(name, newDatabase);
}
