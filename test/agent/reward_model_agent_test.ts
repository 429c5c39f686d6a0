import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { type AgentConfiguration, createRewardModelAgent, type ServedAgent } from "../../src/agent/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { createRewardModel, type RewardJudgement } from "../../src/policy/mod.ts";
import type { Exploration } from "../../src/rl/mod.ts";
import { configuration } from "../learning/loop/fixtures.ts";

const kernels = await loadKernels();
const candidates = configuration.candidates ?? [];
const request = (i: number, more: object = {}): Parameters<ServedAgent["decide"]>[0] => ({
  ...{
    stepId: `s${i}`,
    episodeId: `e${i}`,
    now: 5,
    seed: i * 7919,
    turns: [{ role: "user", text: `where is ${i % 5}` }],
  },
  ...more,
});
const judgements: RewardJudgement[] = Array.from({ length: 200 }, (_, i) => ({
  ...{ text: `where is ${i % 5}`, candidates, choice: i % 10, reward: Number(i % 10 === i % 5) },
}));
const open = (more: Partial<AgentConfiguration> = {}): ServedAgent =>
  createRewardModelAgent(kernels, "a", { ...configuration, ...more });

describe("createRewardModelAgent()", () => {
  for (
    const exploration of [
      { kind: "greedy" },
      { kind: "epsilon-greedy", epsilon: 0.2 },
      { kind: "softmax", temperature: 0.5 },
      { kind: "inverse-gap" },
      { kind: "thompson", draws: 32 },
    ] satisfies Exploration[]
  ) {
    it(`replays kept steps bit for bit when it explores by ${exploration.kind}`, () => {
      using agent = open({ exploration });
      agent.install(1, { kind: "judgements", base: 0, judgements });
      agent.assign({ incumbent: 1 });
      const records = Array.from({ length: 50 }, (_, i) => agent.decide(request(i)).record);
      // Another process: the same version from its snapshot, the request from what was kept.
      using model = createRewardModel(kernels, { model: "logistic", hashBits: 12 });
      judgements.forEach((judgement) => model.learn(judgement));
      using other = open({ exploration });
      other.install(1, { kind: "snapshot", snapshot: model.snapshot() });
      other.assign({ incumbent: 1 });
      for (const record of records) {
        const again = other.decide({
          ...{ stepId: record.id, episodeId: record.episodeId, now: record.createdAt, seed: record.seed },
          ...{ turns: record.turns, candidates: record.candidates },
        });
        deepEqual(again.record, record);
        equal(record.propensity, record.probabilities?.[record.choice ?? -1]);
      }
    });
  }

  it("chooses as often as its probabilities say", () => {
    using agent = open({ exploration: { kind: "epsilon-greedy", epsilon: 0.5 } });
    const n = 2000, chosen = Array.from({ length: n }, (_, i) => agent.decide(request(i)).record.choice);
    // Knowing nothing, the first is best: 0.5 + 0.5/10 of all; four standard deviations.
    const share = chosen.filter((choice) => choice === 0).length / n;
    ok(Math.abs(share - 0.55) < 4 * Math.sqrt(0.55 * 0.45 / n), `${share}`);
  });

  it("takes the best, with certainty, when it shall not explore", () => {
    using agent = open();
    agent.install(1, { kind: "judgements", base: 0, judgements });
    agent.assign({ incumbent: 1 });
    for (let i = 0; i < 5; i++) {
      const { record } = agent.decide(request(i, { explore: false }));
      equal(record.action, `action${i}`);
      equal(record.propensity, 1);
    }
    using frozen = open({ mode: "frozen" });
    equal(frozen.decide(request(1)).record.propensity, 1);
  });

  it("keeps an episode on its arm and serves both versions at once", () => {
    using agent = open();
    agent.install(1, { kind: "judgements", base: 0, judgements });
    agent.assign({ incumbent: 0, canary: { version: 1, share: 0.3 } });
    const arms = Array.from({ length: 300 }, (_, i) => agent.decide(request(i)).record);
    ok(arms.some(({ arm }) => arm === "canary") && arms.some(({ arm }) => arm === "incumbent"));
    ok(arms.every(({ arm, policyVersion }) => policyVersion === (arm === "canary" ? 1 : 0)));
    arms.forEach((record, i) => equal(agent.decide(request(i)).record.arm, record.arm));
  });

  it("returns what the application did, and keeps what it would have done, in shadow mode", () => {
    using agent = open({ mode: "shadow" });
    const { record } = agent.decide(request(1, { taken: "action7" }));
    deepEqual([record.action, record.arm, record.propensity, record.choice], ["action7", "shadow", 1, 7]);
    equal(record.shadowAction, "action0");
    equal(agent.decide(request(1)).record.action, "action0");
    throws(() => agent.decide(request(1, { taken: "nap" })), { code: "request_invalid", message: /'nap'/ });
  });

  it("refuses requests without candidates, and actions that a belief model cannot know", () => {
    using bare = open({ candidates: undefined });
    throws(() => bare.decide(request(1)), { code: "request_invalid" });
    throws(() => bare.decide(request(1, { candidates: [] })), { code: "request_invalid" });
    using belief = open({
      candidates: undefined,
      policy: { kind: "reward-model", options: { model: "belief", actions: ["on", "off"] } },
    });
    deepEqual(belief.decide(request(1)).record.candidates, ["on", "off"]);
    throws(() => belief.decide(request(1, { candidates: ["on", "up"] })), { code: "request_invalid", message: /'up'/ });
  });

  it("installs, assigns and unloads versions; what is assigned cannot be unloaded", () => {
    using agent = open();
    agent.install(1, { kind: "judgements", base: 0, judgements });
    agent.install(2, { kind: "judgements", base: 1, judgements: judgements.slice(0, 3) });
    agent.install(2, { kind: "judgements", base: 1, judgements: [] });
    agent.assign({ incumbent: 1, canary: { version: 2, share: 0.5 } });
    throws(() => agent.uninstall(1), RangeError);
    throws(() => agent.uninstall(2), RangeError);
    agent.uninstall(0);
    agent.uninstall(0);
    deepEqual(agent.installed, [1, 2]);
    throws(() => agent.assign({ incumbent: 0 }), /not installed/);
    throws(() => agent.install(3, { kind: "judgements", base: 0, judgements: [] }), /not installed/);
    deepEqual(agent.assignment, { incumbent: 1, canary: { version: 2, share: 0.5 } });
  });

  it("gives memory back when a version is unloaded", () => {
    using agent = open({ policy: { kind: "reward-model", options: { model: "logistic", hashBits: 18 } } });
    // A version has 2 MiB: together they would not fit into 32-bit memory.
    for (let version = 1; version <= 2500; version++) {
      agent.install(version, { kind: "judgements", base: version - 1, judgements: [] });
      agent.assign({ incumbent: version });
      agent.uninstall(version - 1);
    }
    deepEqual(agent.installed, [2500]);
  });
});
