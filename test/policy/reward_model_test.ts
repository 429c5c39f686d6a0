import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { EddyError } from "../../src/errors.ts";
import { loadKernels, randomStream } from "../../src/kernels/mod.ts";
import {
  createRewardModel,
  type PolicySnapshot,
  restoreRewardModel,
  type RewardJudgement,
  type RewardModel,
  type RewardModelOptions,
} from "../../src/policy/mod.ts";

const kernels = await loadKernels();
const ACTIONS = ["turn the lamp on", "play some music", "book a flight"];
const MODELS: readonly (readonly [string, RewardModelOptions])[] = [
  ["logistic", { model: "logistic" }],
  ["belief with names", { model: "belief", actions: ACTIONS }],
  ["belief with ids", { model: "belief", actions: ACTIONS, candidates: "ids" }],
];
const SAID = [
  ["it is dark in here", "more light please", "i cannot see the table"],
  ["i want to hear a song", "put the radio on", "something to dance to"],
  ["i need to be in rome", "get me to the airport", "fly me to the moon"],
];

/** Random choices on random texts; the reward is whether the choice fits, sometimes a fraction. */
function judgements(count: number, seed: number): RewardJudgement[] {
  const random = randomStream(kernels, seed, 7);
  const below = (n: number): number => Math.floor(random() * n);
  return Array.from({ length: count }, () => {
    const intent = below(3);
    const choice = below(3);
    const reward = choice === intent ? 1 : below(4) === 0 ? 0.25 : 0;
    return { text: SAID[intent][below(3)], candidates: ACTIONS, choice, reward, weight: 0.5 + random() };
  });
}

/** All bits that a caller can see. */
function seen(model: RewardModel): unknown {
  return SAID.flat().map((text) => [
    ...model.scores(text, ACTIONS, "explore"),
    ...model.scores(text, ACTIONS, "exploit"),
    ...model.estimates(text, ACTIONS),
  ]);
}
const learnAll = (model: RewardModel, given: readonly RewardJudgement[]): void =>
  given.forEach((judgement) => model.learn(judgement));
const best = (values: Float32Array): number => values.indexOf(Math.max(...values));

for (const [name, options] of MODELS) {
  describe(`reward model: ${name}`, () => {
    it("finds what is right from single judgements", () => {
      using model = createRewardModel(kernels, options);
      learnAll(model, judgements(300, 1));
      SAID.forEach((texts, intent) =>
        texts.forEach((text) => {
          equal(best(model.scores(text, ACTIONS, "exploit")), intent);
          const estimates = model.estimates(text, ACTIONS);
          ok(estimates.every((p) => p >= 0 && p <= 1) && estimates[intent] > 0.5);
        })
      );
      equal(model.learned, 300);
    });

    it("has equal bits when it learned the same", () => {
      using first = createRewardModel(kernels, options);
      using second = createRewardModel(kernels, options);
      learnAll(first, judgements(80, 2));
      for (const judgement of judgements(80, 2)) {
        second.scores("texts that are only asked about", ACTIONS, "explore");
        second.learn(judgement);
      }
      deepEqual(seen(first), seen(second));
    });

    it("fork() gives an equal model that learns on its own", () => {
      using model = createRewardModel(kernels, options);
      learnAll(model, judgements(50, 3));
      const before = seen(model);
      using fork = model.fork();
      deepEqual(seen(fork), before);
      learnAll(fork, judgements(50, 4));
      deepEqual(seen(model), before);
      learnAll(model, judgements(50, 4));
      deepEqual(seen(fork), seen(model));
      equal(fork.learned, 100);
    });

    it("snapshot() restores a model that goes on learning bit for bit", () => {
      using model = createRewardModel(kernels, options);
      learnAll(model, judgements(70, 5));
      const snapshot = model.snapshot();
      equal(snapshot.kind, "reward-model");
      equal(snapshot.version, 70);
      using restored = restoreRewardModel(kernels, snapshot);
      deepEqual(seen(restored), seen(model));
      learnAll(model, judgements(70, 6));
      learnAll(restored, judgements(70, 6));
      deepEqual(seen(restored), seen(model));
      deepEqual(restored.snapshot(), model.snapshot());
    });

    it("refuses wrong judgements and stays as it was", () => {
      using model = createRewardModel(kernels, options);
      const good: RewardJudgement = { text: "more light", candidates: ACTIONS, choice: 0, reward: 1 };
      learnAll(model, [good]);
      const before = seen(model);
      for (const wrong of [{ choice: 3 }, { choice: -1 }, { choice: 0.5 }, { reward: 1.01 }, { reward: NaN }]) {
        throws(() => model.learn({ ...good, ...wrong }), RangeError);
      }
      for (const weight of [-1, NaN, Infinity, 1e300]) throws(() => model.learn({ ...good, weight }), RangeError);
      throws(() => model.learn({ ...good, candidates: [] }), RangeError);
      deepEqual(seen(model), before);
    });

    it("takes empty texts and no candidates", () => {
      using model = createRewardModel(kernels, options);
      learnAll(model, [{ text: "", candidates: ACTIONS, choice: 1, reward: 1 }]);
      ok(model.scores("", ACTIONS, "explore").every(Number.isFinite));
      equal(model.scores("x", [], "exploit").length, 0);
      equal(model.estimates("x", []).length, 0);
    });

    it("restoreRewardModel() refuses what is no whole snapshot of one", () => {
      using model = createRewardModel(kernels, options);
      learnAll(model, judgements(20, 8));
      const good = model.snapshot();
      const invalid = (snapshot: PolicySnapshot): void =>
        throws(
          () => restoreRewardModel(kernels, snapshot),
          (error) => error instanceof EddyError && error.code === "checkpoint_invalid",
        );
      invalid({ ...good, kind: "linear" });
      invalid({ ...good, files: new Map() });
      invalid({ ...good, files: new Map([["eddy.json", "{}"]]) });
      for (const [tensor, { shape, values }] of good.tensors) {
        const without = new Map(good.tensors);
        without.delete(tensor);
        invalid({ ...good, tensors: without });
        if (values.length === 0) continue;
        invalid({ ...good, tensors: new Map(good.tensors).set(tensor, { shape, values: values.slice(1) }) });
        const poisoned = { shape, values: values.with(0, NaN) };
        invalid({ ...good, tensors: new Map(good.tensors).set(tensor, poisoned) });
      }
    });
  });
}

describe("reward model: logistic", () => {
  it("scores candidates that it has never seen by their words", () => {
    using model = createRewardModel(kernels, { model: "logistic" });
    const light = ["red light", "blue light", "red door", "blue door"];
    for (let i = 0; i < 40; i++) {
      light.forEach((_, choice) => {
        const reward = choice < 2 ? 1 : 0;
        model.learn({ text: "it is dark", candidates: light, choice, reward });
      });
    }
    const [lit, door] = model.estimates("it is dark", ["green light", "green door"]);
    ok(lit > 0.5 && door < 0.5, `${lit} ${door}`);
  });

  it("draws() spreads around the scores, less where more was judged", () => {
    using model = createRewardModel(kernels, { model: "logistic" });
    const spread = (candidate: number): number => {
      const scores = model.scores("more light", ACTIONS, "exploit");
      const draws = model.draws!("more light", ACTIONS, { count: 400, seed: 1 });
      equal(draws.length, 400 * ACTIONS.length);
      const column = Array.from({ length: 400 }, (_, i) => draws[i * ACTIONS.length + candidate]);
      const mean = column.reduce((sum, x) => sum + x, 0) / 400;
      const deviation = Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 400);
      ok(Math.abs(mean - scores[candidate]) < 4 * deviation / 20);
      return deviation;
    };
    const before = spread(0);
    ok(Math.abs(before - 1) < 0.15, `${before}`); // Σ x² = 1 under the prior
    for (let i = 0; i < 30; i++) model.learn({ text: "more light", candidates: ACTIONS, choice: 0, reward: i % 2 });
    ok(spread(0) < 0.7 * before);
  });

  it("refuses options that no table can have", () => {
    for (const wrong of [{ hashBits: 3 }, { hashBits: 25 }, { learningRate: 0 }, { l2: -1 }, { learningRate: NaN }]) {
      throws(() => createRewardModel(kernels, { model: "logistic", ...wrong }), RangeError);
    }
  });
});

describe("reward model: belief", () => {
  it("does not try an action again that failed on the same words", () => {
    using model = createRewardModel(kernels, { model: "belief", actions: ACTIONS, candidates: "ids" });
    const tried = ACTIONS.map(() => {
      const choice = best(model.scores("more light please", ACTIONS, "explore"));
      model.learn({ text: "more light please", candidates: ACTIONS, choice, reward: 0 });
      return choice;
    });
    deepEqual(tried.sort(), [0, 1, 2]);
  });

  it("clusters texts of actions that mean nothing, three times each, and refuses a cluster that does not exist", () => {
    using named = createRewardModel(kernels, { model: "belief", actions: ACTIONS });
    using model = createRewardModel(kernels, { model: "belief", actions: ACTIONS, candidates: "ids" });
    for (const each of [named, model]) learnAll(each, judgements(40, 10));
    ok(!named.snapshot().tensors.has("belief.clusters"));
    const snapshot = model.snapshot();
    const { shape, values } = snapshot.tensors.get("belief.clusters")!;
    deepEqual(shape, [snapshot.tensors.get("belief.entries")!.shape[0], 3]);
    // Four clusters for three actions: 0 to 3, 4 to 7, 8 to 11.
    ok(values.every((cluster, i) => Math.floor(cluster / 4) === i % 3));
    for (const wrong of [4, -1, 0.5]) {
      const tensors = new Map(snapshot.tensors).set("belief.clusters", { shape, values: values.with(0, wrong) });
      throws(() => restoreRewardModel(kernels, { ...snapshot, tensors }), EddyError);
    }
  });

  it("scores only what a request lists, and refuses what is no action", () => {
    using model = createRewardModel(kernels, { model: "belief", actions: ACTIONS });
    learnAll(model, judgements(60, 9));
    const all = model.scores(SAID[0][0], ACTIONS, "explore");
    deepEqual([...model.scores(SAID[0][0], [ACTIONS[2], ACTIONS[0]], "explore")], [all[2], all[0]]);
    throws(() => model.scores("x", ["sing"], "explore"), RangeError);
    throws(() => model.learn({ text: "x", candidates: ["sing"], choice: 0, reward: 1 }), RangeError);
  });

  it("refuses no actions and one listed twice", () => {
    throws(() => createRewardModel(kernels, { model: "belief", actions: [] }), RangeError);
    throws(() => createRewardModel(kernels, { model: "belief", actions: ["a", "a"] }), RangeError);
  });
});
