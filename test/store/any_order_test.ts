import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { type Feedback, type Metrics, rewardOf, type StepRecord } from "../../src/episode/mod.ts";
import { openSqliteStore } from "../../src/store/mod.ts";
import { id, metric, step, T0, WINDOW } from "./_builders.ts";

const score = { type: "number", range: [0, 10] } as const;
const METRICS: Metrics = {
  once: metric({}),
  silent: metric({ missing: 0.25 }),
  latest: metric({ ...score, aggregation: "last" }),
  average: metric({ ...score, aggregation: "mean", missing: 0 }),
  worst: metric({ ...score, aggregation: "minimum", direction: "minimize" }),
  best: metric({ ...score, level: "episode", aggregation: "maximum" }),
};
const STEPS = 6;
const EPISODES = 3;

const steps = Array.from({ length: STEPS }, (_, n) => step(n, { episodeId: id("episode", n % EPISODES) }));
const lastOf = (episodeId: string): StepRecord => steps.findLast((each) => each.episodeId === episodeId)!;

/** Judgements of arbitrary steps; at most one for each step by the metrics whose first judgement counts. */
const judgements = fc.uniqueArray(
  fc.record({
    of: fc.constantFrom(...steps),
    metric: fc.constantFrom(...Object.keys(METRICS)),
    value: fc.integer({ min: -2, max: 12 }),
    afterMs: fc.integer({ min: 0, max: 2 * WINDOW }),
  }),
  {
    maxLength: 40,
    selector: ({ of, metric, value, afterMs }) =>
      METRICS[metric].aggregation === "first" ? `${of.id} ${metric}` : `${of.id} ${metric} ${value} ${afterMs}`,
  },
).map((all) =>
  all.map(({ of, metric, value, afterMs }, n): Feedback => ({
    id: id("judged", n),
    key: id("key", n),
    agent: of.agent,
    metric,
    episodeId: of.episodeId,
    ...(METRICS[metric].level === "step" && { stepId: of.id }),
    value: METRICS[metric].type === "boolean" ? value > 5 : value,
    author: "person",
    // The window of an episode is that of its last step.
    receivedAt: (METRICS[metric].level === "step" ? of : lastOf(of.episodeId)).createdAt + afterMs,
  }))
);

/** Slow and obvious: what every step is worth in the end, by everything that was ever said in time. */
function expected(feedback: readonly Feedback[]): Map<string, number> {
  const rewards = new Map<string, number>();
  for (const [name, metric] of Object.entries(METRICS)) {
    for (const each of steps) {
      if (metric.level === "episode" && lastOf(each.episodeId) !== each) continue;
      const heard = feedback.filter((said) =>
        said.metric === name && said.receivedAt <= each.createdAt + WINDOW &&
        (metric.level === "episode" ? said.episodeId === each.episodeId : said.stepId === each.id)
      ).sort((a, b) => a.receivedAt - b.receivedAt || (a.id < b.id ? -1 : 1));
      const reward = rewardOf(metric, heard.map(({ value }) => value)) ??
        (typeof metric.missing === "number" ? metric.missing : undefined);
      if (reward !== undefined) rewards.set(`${each.id} ${name}`, reward);
    }
  }
  return rewards;
}

describe("a store", () => {
  it("derives the same rewards from steps and judgements in any order, grouping and number of times", async () => {
    let repeated = 0;
    await fc.assert(
      fc.asyncProperty(judgements, fc.infiniteStream(fc.nat()), async (feedback, choices) => {
        await using store = await openSqliteStore(":memory:", { metrics: { router: METRICS }, groupMs: 0 });
        type Write = () => Promise<unknown>;
        const writes: Write[] = [
          // The steps of an episode come together: what is said of an episode is said of the step that is its last then.
          ...Array.from({ length: EPISODES }, (_, n): Write => () => {
            const own = steps.filter((each) => each.episodeId === id("episode", n));
            return store.steps.add(own);
          }),
          ...feedback.map((each): Write => () => store.feedback.add([each])),
        ];
        const choose = (below: number): number => choices.next().value % below;
        const order = [...writes.keys()];
        for (let n = order.length - 1; n > 0; n--) {
          const other = choose(n + 1);
          [order[n], order[other]] = [order[other], order[n]];
        }
        let together: Promise<unknown>[] = [];
        for (const n of order) {
          together.push(writes[n]());
          if (choose(4) === 0) {
            repeated++;
            together.push(writes[order[choose(order.length)]]());
          }
          if (choose(3) > 0) continue;
          await Promise.all(together);
          together = [];
        }
        await Promise.all([...together, ...writes.slice(0, EPISODES).map((write) => write())]);

        await store.feedback.settle(T0 + 10 * WINDOW);
        equal(await store.feedback.settle(T0 + 10 * WINDOW), 0);
        const journal = await store.rewards.after("router", 0, 10_000);
        const rewards = new Map(journal.map((each) => [`${each.step.id} ${each.metric}`, each.reward]));
        equal(rewards.size, journal.length);
        deepEqual([...rewards].sort(), [...expected(feedback)].sort());
        const counts = await store.feedback.counts("router");
        equal(counts.joined + counts.late + counts.superseded, feedback.length);
        deepEqual([counts.early, counts.orphaned, counts.conflict], [0, 0, 0]);
      }),
      { seed: 11, numRuns: 60 },
    );
    equal(repeated > 100, true);
  });
});
