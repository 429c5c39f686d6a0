import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  type CellRecord,
  type Recipe,
  type RecipeEvent,
  type RecipeOutcome,
  runRecipe,
  type RunRecipeOptions,
} from "../../src/recipe/mod.ts";
import { fakeRecipe, type Ran, wobble } from "./fake_recipe.ts";

const kernels = await loadKernels();

function run(recipe: Recipe, options: Partial<RunRecipeOptions> = {}): Promise<RecipeOutcome> {
  let now = 0;
  return runRecipe(recipe, { kernels, profile: "claim", now: () => now += 1000, ...options });
}

const better = fakeRecipe({
  old: ({ seed }) => 0.3 + wobble(seed),
  new: ({ seed }) => 0.8 + wobble(seed + 1),
  half: () => 0.5,
});

describe("runRecipe()", () => {
  it("says that a claim holds when the whole interval is at or above its threshold", async () => {
    const { verdict, figure, interval, claims, arms, seeds } = await run(better);
    deepEqual([verdict, seeds], ["holds", [1, 2, 3, 4, 5, 6]]);
    ok(Math.abs(figure - 0.5) < 0.02 && interval![0] > 0.4 && interval![1] < 0.6, `${figure} ${interval}`);
    equal(claims[0].differences.length, 6);
    deepEqual(arms.map(({ name, role }) => [name, role]), [
      ["old", "baseline"],
      ["new", "method"],
      ["half", "ablation"],
    ]);
    equal(arms[1].values[0], 0.8 + wobble(2));
    equal(arms[1].spent, 20);
  });

  it("says that it fails when the whole interval is below, though the method is better", async () => {
    const little = fakeRecipe({ old: ({ seed }) => 0.3 + wobble(seed), new: () => 0.4, half: () => 0 });
    const { verdict, figure, interval } = await run(little);
    equal(verdict, "fails");
    ok(figure > 0.05 && interval![1] < 0.2);
  });

  it("leaves it open when the threshold lies inside the interval, and with few seeds", async () => {
    const wild = fakeRecipe({ old: () => 0.3, new: ({ seed }) => seed % 2 ? 0.9 : 0.1, half: () => 0 });
    equal((await run(wild)).verdict, "open");
    const few = { ...better.profiles, claim: { seeds: 4, budget: 20, tasks: 1 } };
    equal((await run({ ...better, profiles: few })).verdict, "open");
  });

  it("lets the worst claim decide, and gives its figure", async () => {
    const claims = [
      ...better.claims,
      { sentence: "new beats half by 0.9", method: "new", against: "half", atLeast: 0.9 },
      { sentence: "other of new beats old by 0", method: "new", against: "old", atLeast: 0, measure: "other" },
    ];
    const outcome = await run({ ...better, claims });
    deepEqual(outcome.claims.map(({ verdict }) => verdict), ["holds", "fails", "fails"]);
    deepEqual([outcome.verdict, outcome.figure], ["fails", outcome.claims[1].figure]);
    ok(outcome.claims[2].figure < 0, "another measure is compared where a claim names one");
  });

  it("decides nothing and tunes nothing in the smoke profile", async () => {
    const ran: Ran = [];
    const recipe = fakeRecipe({ old: () => 0, new: () => 1, half: () => 0 }, {
      tuning: { seeds: [101], settings: [{ rate: 1 }, { rate: 2 }] },
    }, ran);
    const outcome = await run(recipe, { profile: "smoke" });
    deepEqual([outcome.verdict, outcome.seeds], ["open", [1, 2]]);
    ok(ran.every(({ seed, settings }) => seed < 100 && settings.rate === 1));
  });

  it("tunes every arm alike on the tuning seeds alone, and uses what was best there", async () => {
    const ran: Ran = [];
    const settings = [{ rate: 1 }, { rate: 2 }, { rate: 3 }];
    // Rate 3 is best on the seeds of the claim, and rate 2 on those of tuning.
    const score = (
      { seed, settings: { rate } }: { seed: number; settings: Readonly<Record<string, number>> },
    ): number => seed > 100 ? -Math.abs(rate - 2) : rate;
    const recipe = fakeRecipe({ old: score, new: score, half: ({ settings: { rate } }) => -rate }, {
      tuning: { seeds: [101, 102], settings },
    }, ran);
    const { arms } = await run(recipe);
    deepEqual(arms.map((arm) => arm.settings.rate), [2, 2, 1]);
    equal(ran.filter(({ seed }) => seed > 100).length, 3 * 3 * 2);
    ok(ran.filter(({ seed }) => seed < 100).every(({ settings: { rate } }) => rate < 3));
  });

  it("takes finished cells as they are, and ends with the same outcome as a run of one piece", async () => {
    const whole: CellRecord[] = [];
    const keep = (cells: CellRecord[]) => (event: RecipeEvent): void => {
      if (event.event === "cell") cells.push(event.cell);
    };
    const expected = await run(better, { onEvent: keep(whole) });
    const ran: Ran = [];
    const again = fakeRecipe({ old: () => NaN, new: () => NaN, half: () => NaN }, {}, ran);
    // Kept as JSON, like on disk.
    const kept = JSON.parse(JSON.stringify(whole)) as CellRecord[];
    deepEqual(await run({ ...again, arms: better.arms }, { kept: kept.slice(0, 7) }), expected);
    deepEqual(await run(again, { kept }), expected);
    equal(ran.length, 0);
  });

  it("stops at a point of a curve, and goes on where it stopped", async () => {
    const controller = new AbortController();
    const finished: CellRecord[] = [];
    const stopping = run(better, {
      signal: controller.signal,
      onEvent(event): void {
        if (event.event === "cell") finished.push(event.cell);
        if (event.event === "point" && finished.length === 4) controller.abort();
      },
    });
    await rejects(stopping, /Cannot finish recipe 'fake': interrupted/);
    equal(finished.length, 4);
    const ran: Ran = [];
    const counted = fakeRecipe(
      {
        old: ({ seed }) => 0.3 + wobble(seed),
        new: ({ seed }) => 0.8 + wobble(seed + 1),
        half: () => 0.5,
      },
      {},
      ran,
    );
    equal((await run(counted, { kept: finished })).verdict, "holds");
    equal(ran.length, 3 * 6 - 4);
  });

  it("tells start, points, cells, settings and the end", async () => {
    const events: RecipeEvent[] = [];
    await run(better, { onEvent: (event) => events.push(event), firstSeed: 11 });
    deepEqual([...new Set(events.map(({ event }) => event))], ["start", "tuned", "point", "cell", "done"]);
    const start = events[0];
    ok(start.event === "start");
    deepEqual([start.cells, start.kept, start.seeds[0]], [18, 0, 11]);
    const points = events.filter((event) => event.event === "point");
    deepEqual(points.slice(0, 4).map(({ spent }) => spent), [5, 10, 15, 20]);
  });

  it("refuses an arm that spends less than the others, or more, or measures no number, and says which", async () => {
    const arms = (run: (typeof better.arms)["new"]["run"]): Recipe => ({
      ...better,
      arms: { ...better.arms, new: { ...better.arms.new, run } },
    });
    const idle = arms(() => Promise.resolve({ score: 1 }));
    await rejects(run(idle), /arm 'new' of recipe 'fake', seed 1: it spent 0 of 20 updates/);
    const greedy = arms(({ budget }) => (budget.spend(22), Promise.resolve({ score: 1 })));
    await rejects(run(greedy), /Cannot finish arm 'new'.*Cannot spend 22 updates: that makes 22 of 20/);
    const nonsense = arms(({ budget }) => (budget.spend(20), Promise.resolve({ score: NaN })));
    await rejects(run(nonsense), /its 'score' is NaN/);
  });

  it("refuses seeds that its settings are tuned on", async () => {
    await rejects(run(better, { firstSeed: 99 }), { code: "configuration_invalid", message: /from seed 99: seed 101/ });
  });
});
