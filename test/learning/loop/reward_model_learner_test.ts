import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import { createRewardModelAgent } from "../../../src/agent/mod.ts";
import { loadKernels } from "../../../src/kernels/mod.ts";
import { createRewardModelLearner } from "../../../src/learning/loop/create_reward_model_learner.ts";
import { isHeldOut } from "../../../src/learning/loop/is_held_out.ts";
import { judgementsOf } from "../../../src/learning/loop/judgements_of.ts";
import { encodeSnapshot } from "../../../src/policy/mod.ts";
import { configuration, judged, stepOf } from "./fixtures.ts";

const kernels = await loadKernels();
const journal = Array.from({ length: 400 }, (_, i) => {
  const tried = (i + Math.floor(i / 10)) % 10;
  return judged(i + 1, stepOf(`s${i}`, `text of ${i % 10}`, `action${tried}`), Number(tried === i % 10));
});
const open = (): ReturnType<typeof createRewardModelLearner> => createRewardModelLearner(kernels, configuration);

describe("judgementsOf()", () => {
  const whole = { ...configuration, gate: { ...configuration.gate, heldOutShare: 0 } };
  const step = stepOf("s", "text", "action3");

  it("teaches a correction twice: the right action, and what the taken one was worth", () => {
    const taught = judgementsOf(
      whole,
      judged(1, step, 0.25, { source: "correction", metric: "correction", correction: "action5" }),
    );
    deepEqual(taught.map(({ choice, reward }) => [choice, reward]), [[5, 1], [3, 0.25]]);
  });

  it("teaches the taken action once when the correction agrees, and only it when the correction is no candidate", () => {
    const told = (correction: string): unknown =>
      judgementsOf(whole, judged(1, step, 0, { source: "correction", metric: "correction", correction }))
        .map(({ choice, reward }) => [choice, reward]);
    deepEqual(told("action3"), [[3, 1]]);
    deepEqual(told("sing"), [[3, 0]]);
  });

  it("learns nothing from other metrics and from the held-out share", () => {
    deepEqual(judgementsOf(whole, judged(1, step, 1, { metric: "speed" })), []);
    const ids = Array.from({ length: 4000 }, (_, i) => `s${i}`);
    const held = ids.filter((id) => judgementsOf(configuration, judged(1, stepOf(id, "t", "action1"), 1)).length === 0);
    deepEqual(held, ids.filter((id) => isHeldOut(id, 0.05)));
    ok(Math.abs(held.length / 4000 - 0.05) < 4 * Math.sqrt(0.05 * 0.95 / 4000), `${held.length}`);
  });
});

describe("createRewardModelLearner()", () => {
  it("has equal bits however the journal is cut, and ignores what it has learned before", async () => {
    using whole = open();
    using pieces = open();
    await whole.learn(journal, { now: 0 });
    for (let i = 0; i < journal.length; i += 17) {
      await pieces.learn(journal.slice(Math.max(0, i - 5), i + 17), { now: 0 });
    }
    equal(pieces.learnedUpTo, 400);
    deepEqual(encodeSnapshot(pieces.snapshot()), encodeSnapshot(whole.snapshot()));
  });

  it("goes on from a snapshot and from a fork as if nothing had been, bit for bit", async () => {
    using whole = open();
    await whole.learn(journal.slice(0, 200), { now: 0 });
    using restored = createRewardModelLearner(kernels, configuration, { snapshot: whole.snapshot(), learnedUpTo: 200 });
    using forked = whole.fork!();
    for (const learner of [whole, restored, forked]) await learner.learn(journal, { now: 0 });
    deepEqual(encodeSnapshot(restored.snapshot()), encodeSnapshot(whole.snapshot()));
    deepEqual(encodeSnapshot(forked.snapshot()), encodeSnapshot(whole.snapshot()));
  });

  it("sends judgements that make an agent equal to it, and a snapshot where they are no longer kept", async () => {
    using learner = open();
    using agent = createRewardModelAgent(kernels, "a", configuration);
    using direct = createRewardModelAgent(kernels, "a", configuration);
    await learner.learn(journal.slice(0, 100), { now: 0 });
    const first = learner.payload(0, 0);
    agent.install(1, first);
    await learner.learn(journal.slice(100), { now: 0 });
    ok(learner.hasCandidate);
    const second = learner.payload(1, 100);
    ok(!learner.hasCandidate);
    deepEqual([first.kind, second.kind], ["judgements", "judgements"]);
    agent.install(2, second);
    direct.install(2, { kind: "snapshot", snapshot: learner.snapshot() });
    for (const one of [agent, direct]) one.assign({ incumbent: 2 });
    for (let i = 0; i < 30; i++) {
      const request = {
        ...{ stepId: "s", episodeId: "e", now: 0, seed: i },
        turns: [{ role: "user", text: `text of ${i % 10}` }] as const,
      };
      deepEqual(agent.decide(request), direct.decide(request));
    }
    learner.restore(learner.snapshot(), 400);
    equal(learner.payload(1, 100).kind, "snapshot");
    for (let i = 0; i < 8; i++) {
      await learner.learn(journal.map((entry) => ({ ...entry, sequence: entry.sequence + 400 * (i + 1) })), { now: 0 });
    }
    equal(learner.payload(1, 400).kind, "snapshot");
    equal(learner.payload(1, 3500).kind, "judgements");
  });

  it("learns what is right: assess() takes the right action and expects more of it", async () => {
    using learner = open();
    for (let round = 0; round < 5; round++) {
      await learner.learn(journal.map((entry) => ({ ...entry, sequence: entry.sequence + 400 * round })), { now: 0 });
    }
    const right = Array.from({ length: 10 }, (_, i) => judged(1, stepOf("x", `text of ${i}`, `action${i}`), 1));
    const { probabilities, logged, own } = learner.assess(right);
    deepEqual([...probabilities], new Array(10).fill(1));
    deepEqual(logged, own);
    const wrong = learner.assess([judged(1, stepOf("x", "text of 1", "action2"), 1)]);
    deepEqual([...wrong.probabilities], [0]);
    ok(wrong.logged![0] < 0.5 * own![1], `${wrong.logged![0]} against ${own![1]}`);
  });
});
