import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { lock, play } from "../../src/environment/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { createLinearPolicy } from "../../src/policy/mod.ts";
import {
  goalEnvironment,
  inHindsight,
  playEpisodes,
  reworded,
  softActorCritic,
  transitionsOf,
} from "../../src/recipe/mod.ts";

const kernels = await loadKernels();

describe("goalEnvironment() and inHindsight()", () => {
  it("take a failed episode for one that was asked for what it reached", () => {
    const environment = goalEnvironment(play.create({ things: 4, horizon: 6 }));
    environment.reset(3, "train");
    const other = environment.actions!().find((action) =>
      action.startsWith("go to") && !environment.asked.includes(action.slice(6))
    )!;
    for (const action of [other, "grasp", "release"]) environment.step(action);
    const goal = `goal: grasp ${other.slice(6)}.`;
    deepEqual(environment.reached, [[], [], [goal], []]);
    const steps = [other, "grasp", "release"].map((_, step) => ({
      text: `${environment.asked} step ${step}.`,
      candidates: environment.actions!(),
      taken: 0,
      reward: 0,
      next: `${environment.asked} step ${step + 1}.`,
      terminated: false,
    }));
    const retaken = inHindsight(steps, environment, goal);
    deepEqual(retaken.map(({ reward, terminated }) => [reward, terminated]), [[0, false], [1, true]]);
    deepEqual(retaken.map(({ text }) => text), [`${goal} step 0.`, `${goal} step 1.`]);
    deepEqual(inHindsight(steps, environment, environment.asked), []);
  });

  it("refuse an environment without goals", () => throws(() => goalEnvironment(lock.create()), /does not tell them/));
});

describe("transitionsOf()", () => {
  it("says what was done and what was shown after it", () => {
    using policy = createLinearPolicy(kernels, { bits: 10 });
    const environments = [play.create({ things: 3 })];
    const [episode] = playEpisodes(kernels, policy, { environments, tasks: [1], seed: 1, keepTurns: true });
    const steps = transitionsOf(episode, environments[0].actions!());
    equal(steps.length, episode.decisions.length);
    steps.forEach(({ taken, candidates, next }, step) => {
      equal(candidates[taken], episode.decisions[step].text);
      if (step + 1 < steps.length) equal(next, steps[step + 1].text);
    });
    equal(steps.at(-1)!.terminated, episode.terminated);
  });
});

describe("reworded()", () => {
  it("shows other words and does the same", () => {
    const environment = reworded(play.create(), (text) => text.toUpperCase());
    const { turns } = environment.reset(1, "train");
    equal(turns[0].text, play.create().reset(1, "train").turns[0].text.toUpperCase());
    ok(environment.step(environment.gold!()!).turns[0].text.startsWith("GOAL"));
  });
});

describe("softActorCritic()", () => {
  it("learns which of two steps leads to the reward, one step ahead of it", () => {
    using learner = softActorCritic(kernels, { bits: 10 });
    const candidates = ["left", "right"];
    const step = { candidates, reward: 0, next: "hall", terminated: false };
    const batch = [
      { ...step, text: "start", taken: 0, next: "hall" },
      { ...step, text: "start", taken: 1, next: "cellar" },
      { ...step, text: "hall", taken: 1, reward: 1, terminated: true },
      { ...step, text: "hall", taken: 0, terminated: true },
      { ...step, text: "cellar", taken: 0, terminated: true },
      { ...step, text: "cellar", taken: 1, terminated: true },
    ];
    const options = { learningRate: 0.1, alpha: 0.01, gamma: 0.9, pace: 0.1 };
    for (let update = 0; update < 200; update++) learner.learn(batch, options);
    const [left, right, stay, go] = learner.actor.scores(["start", "hall"].map((text) => ({ text, candidates })));
    ok(left > right + 2 && go > stay + 2, `${left} ${right} ${stay} ${go}`);
  });
});
