import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import {
  type AgentConfiguration,
  createActionSpace,
  createPolicyAgent,
  type PolicyAgentParts,
  readReplay,
  restorePolicy,
  type ServedAgent,
  trajectoriesOf,
} from "../../src/agent/mod.ts";
import { desk } from "../../src/environment/mod.ts";
import type { StepRecord, Turn } from "../../src/episode/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { createLinearPolicy, type PolicySnapshot } from "../../src/policy/mod.ts";
import { ask, deskConfiguration, playDesk, tinySnapshot } from "./_desk_agent.ts";

const kernels = await loadKernels();
const snapshot = tinySnapshot(kernels);
const open = (more: Partial<AgentConfiguration> = {}, parts: Partial<PolicyAgentParts> = {}): ServedAgent =>
  createPolicyAgent(kernels, "desk", { ...deskConfiguration, ...more }, { snapshot, tools: desk.tools, ...parts });

/** The same shape and tokenizer with other weights. */
function moved(from: PolicySnapshot): PolicySnapshot {
  const tensors = new Map([...from.tensors].map(([name, { shape, values }]) => [
    name,
    { shape, values: name === "lm_head.weight" ? values : values.map((x, i) => x + 0.1 * Math.sin(i)) },
  ]));
  return { ...from, version: from.version + 1, tensors };
}

function play(agent: ServedAgent, episode: number, more: object = {}): StepRecord[] {
  const records: StepRecord[] = [];
  playDesk(episode, (turns, step) => {
    const { record } = agent.decide(ask(episode, step, turns, more));
    records.push(JSON.parse(JSON.stringify(record)));
    return record.action;
  });
  return records;
}

const bitsOf = (values: Float32Array): number[] => [...new Uint32Array(values.slice().buffer)];
const keptLogProbs = (steps: readonly StepRecord[]): number[] =>
  steps.flatMap((step) => bitsOf(readReplay(step).kept.behaviorLogProbs));

describe("createPolicyAgent()", () => {
  it("keeps what evaluate needs to give the same log-probabilities, bit for bit, through JSON", () => {
    using agent = open();
    using policy = restorePolicy(kernels, snapshot);
    using space = createActionSpace(kernels, { snapshot, tools: desk.tools });
    const episodes = Array.from({ length: 8 }, (_, episode) => play(agent, episode)).filter(({ length }) => length > 1);
    ok(episodes.length > 2);
    for (const steps of episodes) {
      const trajectories = trajectoriesOf(policy, space, steps);
      equal(trajectories.length, 1, "a conversation that only grew is read once");
      const { logProbs, values } = policy.evaluate(trajectories);
      deepEqual(bitsOf(logProbs), keptLogProbs(steps));
      deepEqual(bitsOf(values), bitsOf(Float32Array.from(steps, ({ value }) => value ?? NaN)));
      // Each step alone, as a learner that has only some of them sees it.
      const alone = steps.flatMap((step) => trajectoriesOf(policy, space, [step]));
      deepEqual(bitsOf(policy.evaluate(alone).logProbs), keptLogProbs(steps));
    }
  });

  it("gives the same bits when an episode goes on and when all of it is read again", () => {
    using agent = open();
    using forgetful = open({}, { keptEpisodes: 1 });
    const episodes = [4, 5];
    const steps = episodes.map((episode) => play(agent, episode));
    for (let step = 0; step < Math.max(...steps.map(({ length }) => length)); step++) {
      for (const [i, episode] of episodes.entries()) {
        const kept = steps[i][step];
        if (!kept) continue;
        // The other episode came in between, so this one was given up.
        const again = forgetful.decide(ask(episode, step, kept.turns)).record;
        deepEqual(JSON.parse(JSON.stringify(again)), kept);
      }
    }
  });

  it("begins a trajectory anew when the history was changed", () => {
    using agent = open();
    using policy = restorePolicy(kernels, snapshot);
    using space = createActionSpace(kernels, { snapshot, tools: desk.tools });
    const turns: Turn[] = [{ role: "user", text: "where is order O1234?" }];
    const first = agent.decide(ask(1, 0, turns)).record;
    const edited: Turn[] = [{ role: "user", text: "refund O1234" }, { role: "assistant", text: first.action }];
    const second = agent.decide(ask(1, 1, [...edited, { role: "tool", text: "done" }])).record;
    const trajectories = trajectoriesOf(policy, space, [first, second]);
    equal(trajectories.length, 2);
    deepEqual(bitsOf(policy.evaluate(trajectories).logProbs), keptLogProbs([first, second]));
    using fresh = open();
    deepEqual(fresh.decide(ask(1, 1, second.turns)).record, second);
  });

  it("serves two versions, each episode by one, and goes on where another one began", () => {
    using agent = open();
    const other = moved(snapshot);
    agent.install(1, { kind: "snapshot", snapshot: other });
    deepEqual(agent.installed, [0, 1]);
    agent.assign({ incumbent: 0, canary: { version: 1, share: 0.5 } });
    const arms = Array.from({ length: 40 }, (_, episode) => agent.decide(ask(episode, 0, TURNS)).record);
    deepEqual(new Set(arms.map(({ arm, policyVersion }) => `${arm} ${policyVersion}`)).size, 2);
    throws(() => agent.uninstall(1), RangeError);
    throws(() => agent.assign({ incumbent: 7 }), RangeError);
    agent.assign({ incumbent: 0 });
    const before = agent.decide(ask(1, 0, TURNS)).record;
    agent.assign({ incumbent: 1 });
    const after = agent.decide(
      ask(1, 1, [...TURNS, { role: "assistant", text: before.action }, { role: "tool", text: "no such order" }]),
    ).record;
    deepEqual([before.policyVersion, after.policyVersion], [0, 1]);
    using space = createActionSpace(kernels, { snapshot, tools: desk.tools });
    using now = restorePolicy(kernels, other);
    using earlier = restorePolicy(kernels, snapshot);
    deepEqual(bitsOf(now.evaluate(trajectoriesOf(now, space, [after])).logProbs), keptLogProbs([after]));
    const old = earlier.evaluate(trajectoriesOf(earlier, space, [after])).logProbs;
    notDeepEqual(bitsOf(old), keptLogProbs([after]));
    agent.uninstall(0);
    deepEqual(agent.installed, [1]);
  });

  it("takes the most likely action, and says so, when it does not explore", () => {
    using agent = open();
    const [one, two] = [1, 2].map((seed) => agent.decide(ask(1, 0, TURNS, { explore: false, seed })).record);
    equal(one.action, two.action);
    equal(one.propensity, 1);
    equal(readReplay(one).kept.temperature, 0);
    using frozen = open({ mode: "frozen" });
    equal(frozen.decide(ask(1, 0, TURNS)).record.action, one.action);
  });

  it("chooses among a request's candidates and writes calls of a request's tools", () => {
    using agent = open();
    using policy = restorePolicy(kernels, snapshot);
    using space = createActionSpace(kernels, { snapshot, tools: desk.tools });
    const { record, tokens } = agent.decide(ask(1, 0, TURNS, { candidates: ["yes", "no", "perhaps"] }));
    equal(record.candidates?.[record.choice ?? -1], record.action);
    equal(tokens?.map(({ text }) => text).join(""), record.action);
    const sum = readReplay(record).kept.behaviorLogProbs.reduce((sum, x) => sum + x, 0);
    ok(Math.abs(record.propensity - Math.exp(sum)) < 1e-12 && record.propensity < 1);
    const called = agent.decide(ask(2, 0, TURNS, { tools: [desk.tools![0]] })).record;
    ok(called.action.includes(`"name": "${desk.tools![0].name}"`));
    const kept: StepRecord[] = JSON.parse(JSON.stringify([record, called]));
    for (const step of kept) {
      deepEqual(bitsOf(policy.evaluate(trajectoriesOf(policy, space, [step])).logProbs), keptLogProbs([step]));
    }
  });

  it("returns the application's own choice in shadow mode", () => {
    using agent = open({ mode: "shadow" });
    const { record } = agent.decide(ask(1, 0, TURNS, { taken: "call somebody" }));
    deepEqual([record.action, record.arm, record.propensity], ["call somebody", "shadow", 1]);
    ok(record.shadowAction?.startsWith("<tool_call>"));
    throws(() => agent.decide(ask(1, 1, TURNS)), { code: "request_invalid" });
  });

  it("serves a linear policy over candidates, replayable as well", () => {
    using linear = createLinearPolicy(kernels, { bits: 10, memory: "all" });
    const parts = { snapshot: linear.snapshot({ resume: true }) };
    using agent = createPolicyAgent(kernels, "lamp", { ...deskConfiguration, candidates: ["on", "off"] }, parts);
    using policy = restorePolicy(kernels, parts.snapshot);
    using space = createActionSpace(kernels, parts);
    equal(agent.kind, "linear");
    const said: Turn[] = [{ role: "user", text: "light" }, { role: "assistant", text: "on" }, {
      role: "user",
      text: "no",
    }];
    const steps = [[said[0]], said].map((turns, step) => agent.decide(ask(1, step, turns)).record);
    const { logProbs } = policy.evaluate(trajectoriesOf(policy, space, JSON.parse(JSON.stringify(steps))));
    deepEqual(bitsOf(logProbs), keptLogProbs(steps));
    ok(Math.abs(steps[0].propensity - 0.5) < 1e-6);
    using without = createPolicyAgent(kernels, "lamp", deskConfiguration, parts);
    throws(() => without.decide(ask(1, 0, TURNS)), { code: "request_invalid" });
  });

  it("refuses conversations that are too long, other tokenizers and damaged steps", () => {
    using agent = open();
    const long = [{ role: "user" as const, text: "where is it? ".repeat(600) }];
    throws(() => agent.decide(ask(1, 0, long)), { code: "request_invalid" });
    ok(agent.decide(ask(1, 0, TURNS)).record.action !== "", "the episode's memory is whole after a refusal");
    const files = new Map(snapshot.files).set("tokenizer.json", "{}");
    throws(() => agent.install(1, { kind: "snapshot", snapshot: { ...snapshot, files } }), {
      code: "checkpoint_invalid",
    });
    using policy = restorePolicy(kernels, snapshot);
    using space = createActionSpace(kernels, { snapshot, tools: desk.tools?.slice(1) });
    const step = agent.decide(ask(1, 0, TURNS)).record;
    throws(() => trajectoriesOf(policy, space, [step]), { code: "data_invalid" });
    throws(() => trajectoriesOf(policy, space, [{ ...step, replay: undefined }]), { code: "data_invalid" });
  });
});

const TURNS: readonly Turn[] = [{ role: "user", text: "where is order O1234?" }];
