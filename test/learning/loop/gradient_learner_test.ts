import { afterAll, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import { createPolicyAgent, type ServedAgent } from "../../../src/agent/mod.ts";
import { desk } from "../../../src/environment/mod.ts";
import type { JudgedStep, StepRecord } from "../../../src/episode/mod.ts";
import { loadKernels } from "../../../src/kernels/mod.ts";
import {
  type AgentLearner,
  createGradientLearner,
  type GradientLearnerParts,
  type UpdateMetrics,
} from "../../../src/learning/mod.ts";
import { createLinearPolicy, decodeSnapshot, encodeSnapshot, type PolicySnapshot } from "../../../src/policy/mod.ts";
import { ask, deskConfiguration, tinySnapshot } from "../../agent/_desk_agent.ts";
import { serveEpisode } from "./_served_desk.ts";

const kernels = await loadKernels();
const snapshot = tinySnapshot(kernels);
const parts = { snapshot, tools: desk.tools };
const update = { ...deskConfiguration.update, judgements: 8 };
const configuration = { ...deskConfiguration, update };
const open = (more: Partial<typeof configuration> = {}, others: Partial<GradientLearnerParts> = {}): AgentLearner =>
  createGradientLearner(kernels, { ...configuration, ...more }, { ...parts, ...others });

const judge = (step: StepRecord, sequence: number, more: Partial<JudgedStep> = {}): JudgedStep => ({
  ...{ sequence, step, metric: "right", reward: sequence % 2, source: "judged", settledAt: 0 },
  ...more,
});
const served = (agent: ServedAgent, episodes: number, explore = true): StepRecord[] =>
  Array.from({ length: episodes }, (_, seed) => serveEpisode(agent, { seed, split: "train", explore }).steps).flat();

const agent = createPolicyAgent(kernels, "desk", configuration, parts);
const steps = served(agent, 16);
const journal = steps.map((step, i) => judge(step, i + 1));
const bytes = (snapshot: PolicySnapshot): Uint8Array => encodeSnapshot(snapshot);
const weights = (snapshot: PolicySnapshot): Float32Array[] =>
  [...snapshot.tensors].filter(([name]) => !name.startsWith("optimizer.")).map(([, { values }]) => values);

describe("createGradientLearner()", () => {
  afterAll(() => agent[Symbol.dispose]());

  it("updates when enough is judged, or after some time, or when it is told to", async () => {
    using learner = open();
    deepEqual(await learner.learn(journal.slice(0, 5), { now: 0 }), []);
    deepEqual([learner.learnedUpTo, learner.takenUpTo, learner.hasCandidate], [0, 5, false]);
    equal((await learner.learn(journal.slice(0, 8), { now: 1 })).length, 1, "what was given is not taken twice");
    deepEqual([learner.learnedUpTo, learner.takenUpTo, learner.hasCandidate], [8, 8, true]);
    learner.payload(0, 0);
    equal(learner.hasCandidate, false);
    deepEqual(await learner.learn(journal.slice(8, 10), { now: 1000 }), []);
    deepEqual(await learner.learn([], { now: 3999 }), []);
    const [late] = await learner.learn([], { now: 4000 });
    equal(late.judgements, 2);
    const [flushed] = await learner.learn(journal.slice(10, 11), { now: 4000, flush: true });
    deepEqual([flushed.judgements, learner.learnedUpTo], [1, 11]);
  });

  it("gives equal weights for equal steps in equal batches, and goes on from a snapshot bit for bit", async () => {
    using one = open();
    await one.learn(journal.slice(0, 24), { now: 0 });
    using two = open();
    for (let at = 0; at < 24; at += 3) await two.learn(journal.slice(at, at + 3), { now: at });
    deepEqual(bytes(two.snapshot()), bytes(one.snapshot()));

    using three = open({}, { snapshot: decodeSnapshot(bytes(one.snapshot())), learnedUpTo: 24 });
    await one.learn(journal.slice(24, 32), { now: 0 });
    await three.learn(journal.slice(16, 32), { now: 0 });
    deepEqual(bytes(three.snapshot()), bytes(one.snapshot()));
    notDeepEqual(weights(three.snapshot()), weights(snapshot));
  });

  it("goes back to a snapshot as if what came after had never been learned", async () => {
    using learner = open();
    await learner.learn(journal.slice(0, 8), { now: 0 });
    const [before, upTo] = [learner.snapshot(), learner.learnedUpTo];
    await learner.learn(journal.slice(8, 20), { now: 0 });
    learner.restore(before, upTo);
    deepEqual([learner.learnedUpTo, learner.takenUpTo], [8, 8]);
    deepEqual(bytes(learner.snapshot()), bytes(before));
    using straight = open();
    await straight.learn(journal.slice(0, 16), { now: 0 });
    await learner.learn(journal.slice(8, 16), { now: 0 });
    deepEqual(bytes(learner.snapshot()), bytes(straight.snapshot()));
  });

  it("gives an update up when it is restored in the middle of it", async () => {
    let pauses = 0;
    let learner: AgentLearner | undefined;
    using made = learner = open({}, {
      pause: () => {
        if (++pauses === 3) learner?.restore(snapshot, 0);
        return Promise.resolve();
      },
    });
    deepEqual(await made.learn(journal.slice(0, 8), { now: 0 }), []);
    deepEqual([made.learnedUpTo, made.hasCandidate], [0, false]);
    deepEqual(weights(made.snapshot()), weights(snapshot));
    equal((await made.learn(journal.slice(0, 8), { now: 0 })).length, 1);
  });

  it("makes what was judged right likelier, and what was judged wrong less likely", async () => {
    const turns = [{ role: "user" as const, text: "yes or no?" }];
    const asked = (seed: number, explore = true): StepRecord =>
      agent.decide(ask(seed, 0, turns, { candidates: ["yes", "no"], explore })).record;
    for (const wanted of ["yes", "no"]) {
      using learner = open({ update: { ...update, judgements: 32, learningRate: 0.01 } });
      const answers = Array.from({ length: 192 }, (_, i) => asked(i));
      const judged = answers.map((step, i) => judge(step, i + 1, { reward: Number(step.action === wanted) }));
      await learner.learn(judged, { now: 0 });
      using taught = createPolicyAgent(kernels, "desk", configuration, {
        ...parts,
        snapshot: learner.snapshot(),
      });
      const share = (agent: ServedAgent): number => {
        const said = Array.from(
          { length: 64 },
          (_, i) => agent.decide(ask(1000 + i, 0, turns, { candidates: ["yes", "no"] })).record.action,
        );
        return said.filter((action) => action === wanted).length / said.length;
      };
      ok(share(taught) > share(agent) + 0.2, `${wanted}: ${share(agent)} → ${share(taught)}`);
    }
  });

  it("imitates corrections, also of steps that it cannot learn from otherwise", async () => {
    const greedy = served(agent, 8, false);
    const correction = steps[0].action;
    const judged = greedy.slice(0, 8).map((step, i) =>
      judge(step, i + 1, { source: "correction", metric: "correction", correction })
    );
    using learner = open();
    const reports: UpdateMetrics[] = [];
    for (let round = 0; round < 6; round++) {
      const again = judged.map((entry) => ({ ...entry, sequence: entry.sequence + 8 * round }));
      reports.push(...await learner.learn(again, { now: 0 }));
    }
    equal(reports[0].demonstrations, 8);
    ok(reports[5].imitationLoss < 0.8 * reports[0].imitationLoss, "the corrected action becomes likelier");
  });

  it("counts what it cannot learn from, and keeps to its metric", async () => {
    using learner = open({ update: { ...update, judgements: 5, staleness: 2 } });
    const [greedy] = served(agent, 1, false);
    const [report] = await learner.learn([
      judge({ ...steps[0], policyVersion: 9 }, 1),
      judge(steps[1], 2),
      judge({ ...greedy, policyVersion: 9 }, 3),
      judge({ ...steps[2], policyVersion: 9, replay: { tokens: "" } }, 4),
      judge({ ...steps[3], policyVersion: 9 }, 5, { source: "correction", correction: "not a tool call" }),
      judge(steps[4], 6, { metric: "speed" }),
    ], { now: 0 });
    deepEqual(
      [report.judgements, report.droppedStale, report.droppedGreedy, report.droppedUnreadable, report.dropped],
      [5, 1, 1, 2, 4],
    );
    ok(Object.values(report).every(Number.isFinite), JSON.stringify(report));
    equal(learner.learnedUpTo, 6);
    const [nothing] = await learner.learn([judge(greedy, 7)], { now: 0, flush: true });
    deepEqual([nothing.droppedStale, nothing.gradientNorm], [1, 0]);
  });

  it("leaves the held-out share out, and says what it would do with it", async () => {
    using learner = open({ gate: { ...configuration.gate, heldOutShare: 1 } });
    deepEqual(await learner.learn(journal, { now: 0, flush: true }), []);
    equal(learner.learnedUpTo, journal.length);
    const greedy = served(agent, 2, false).map((step, i) => judge(step, i + 1));
    ok(learner.assess(greedy).probabilities.every((probability) => probability === 1));
    const explored = learner.assess(journal).probabilities;
    ok(explored.some((probability) => probability === 0));
  });

  it("learns a linear policy over candidates", async () => {
    using linear = createLinearPolicy(kernels, { bits: 10 });
    const own = { snapshot: linear.snapshot({ resume: true }) };
    using lamp = createPolicyAgent(kernels, "lamp", configuration, own);
    using learner = createGradientLearner(kernels, { ...configuration, update: { ...update, learningRate: 0.1 } }, own);
    const turns = [{ role: "user" as const, text: "light" }];
    const candidates = ["on", "off"];
    for (let round = 0; round < 6; round++) {
      const judged = Array.from({ length: 32 }, (_, i) => {
        const { record } = lamp.decide(ask(round * 32 + i, 0, turns, { candidates }));
        return judge(record, round * 32 + i + 1, { reward: Number(record.action === "off") });
      });
      await learner.learn(judged, { now: 0 });
      lamp.install(round + 1, learner.payload(0, 0));
      lamp.assign({ incumbent: round + 1 });
    }
    equal(lamp.decide(ask(1, 0, turns, { candidates, explore: false })).record.action, "off");
  });

  it("refuses reward models", () => {
    const policy = { kind: "reward-model" as const, options: { model: "logistic" as const } };
    throws(() => createGradientLearner(kernels, { ...configuration, policy }, parts), {
      code: "configuration_invalid",
    });
  });
});
