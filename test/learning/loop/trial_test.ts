import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { type AgentConfiguration, armOf } from "../../../src/agent/mod.ts";
import {
  type AgentLearner,
  type AgentStatus,
  createCentralLoop,
  type LoopEvent,
  type LoopWarning,
  type UpdateMetrics,
} from "../../../src/learning/mod.ts";
import type { PolicySnapshot } from "../../../src/policy/mod.ts";
import { configuration as base, stepOf } from "./fixtures.ts";
import { openMemoryStore } from "./memory_store.ts";

const configuration: AgentConfiguration = {
  ...base,
  policy: { kind: "checkpoint", path: "nowhere" },
  gate: { ...base.gate, canaryShare: 0.3, canaryJudgements: 50 },
};

/** Makes an update of 32 judged steps; its weights are the number of updates. It cannot fork. */
function fakeGradientLearner(metrics: () => UpdateMetrics): AgentLearner & { readonly updates: number } {
  let [updates, learnedUpTo, waiting, fresh] = [0, 0, 0, false];
  const snapshot = (): PolicySnapshot => ({
    ...{ kind: "linear", version: updates, files: new Map() },
    tensors: new Map([["updates", { shape: [1], values: Float32Array.of(updates) }]]),
  });
  return {
    get updates(): number {
      return updates;
    },
    get learnedUpTo(): number {
      return learnedUpTo;
    },
    get hasCandidate(): boolean {
      return fresh;
    },
    learn: (steps) => {
      learnedUpTo = steps.at(-1)?.sequence ?? learnedUpTo;
      waiting += steps.length;
      if (waiting < 32) return Promise.resolve([]);
      [waiting, updates, fresh] = [0, updates + 1, true];
      return Promise.resolve([metrics()]);
    },
    snapshot,
    payload: () => ((fresh = false), { kind: "snapshot", snapshot: snapshot() }),
    restore: (from, upTo) => {
      [updates, learnedUpTo, waiting, fresh] = [from.tensors.get("updates")!.values[0], upTo, 0, false];
    },
    assess: (steps) => ({ probabilities: new Float64Array(steps.length) }),
    [Symbol.dispose]: () => {},
  };
}

/** Steps judged by the number of updates behind the weights that took them; the loop is drained after each. */
async function play(
  reward: (updates: number, n: number) => number,
  steps: number,
  metrics = (): UpdateMetrics => ({}),
): Promise<{
  readonly store: ReturnType<typeof openMemoryStore>;
  readonly events: readonly LoopEvent[];
  readonly learner: { readonly updates: number };
  readonly status: AgentStatus;
  readonly warnings: readonly LoopWarning[];
  readonly history: readonly string[];
}> {
  const weights = new Map<string, number>();
  const store = openMemoryStore((_, step) => weights.get(step.id) ?? 0);
  const learner = fakeGradientLearner(metrics);
  const events: LoopEvent[] = [];
  let now = 0;
  await using loop = createCentralLoop({
    ...{ store, now: () => now, every: () => () => {} },
    agents: { a: { configuration, learner } },
  });
  loop.onEvent((event) => events.push(event));
  await loop.start();
  for (let n = 0; n < steps; n++) {
    now += 1000;
    const { arm, version } = armOf(`episode s${n}`, loop.status("a").assignment);
    const row = await loop.snapshotOf("a", version);
    weights.set(`s${n}`, reward(row.bytes.length > 0 ? versionWeights(row.bytes) : 0, n));
    await store.steps.add([stepOf(`s${n}`, "t", "action1", { arm, policyVersion: version, createdAt: now })]);
    await store.feedback.add([{
      ...{ id: `f${n}`, key: `f${n}`, agent: "a", metric: "right", episodeId: `episode s${n}`, stepId: `s${n}` },
      ...{ value: 1, author: "judge", receivedAt: now },
    }]);
    await loop.drain();
  }
  const [status, warnings] = [loop.status("a"), loop.warnings("a")];
  return { store, events, learner, status, warnings, history: store.events.map(({ action }) => action) };
}

/** The single float at the end of the file. */
const versionWeights = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getFloat32(bytes.length - 4, true);

describe("createCentralLoop() with a learner that makes few large updates", () => {
  it("tries each version on its share and promotes what is not worse", async () => {
    const { history, status, store } = await play((updates, n) => Number((n * 7) % 10 < Math.min(9, 5 + updates)), 600);
    deepEqual(history.slice(0, 4), ["publish", "canary", "promote", "canary"]);
    ok(status.assignment.incumbent > 0);
    const promote = store.events[2];
    match(promote.reason, /not worse .* over \d+ judged canary steps/);
    const { canary } = store.events[1].assignment;
    equal(canary?.share, 0.3);
    deepEqual(promote.assignment, { incumbent: canary?.version });
  });

  it("refuses what is worse, unlearns it, and leaves out what it had learned", async () => {
    const { history, status, store } = await play((updates, n) => Number((n * 7) % 10 < (updates === 0 ? 8 : 2)), 400);
    deepEqual(history.slice(0, 3), ["publish", "canary", "refuse"]);
    equal(status.assignment.incumbent, 0);
    match(store.events[2].reason, /worse than published: −0\.\d+ reward/);
    // The version after the refused one equals version 0 and has skipped everything up to then.
    const refused = store.events[2].version, after = store.rows.find(({ version }) => version === refused + 1)!;
    equal(after.parent, 0);
    equal(after.contentHash, store.rows[0].contentHash);
    deepEqual(after.skipped, [[1, after.learnedUpTo]]);
  });

  it("freezes on an early warning that says so, and goes on after one that only tells", async () => {
    let number = 0;
    const faulty = await play(() => 1, 400, () => ({ stalenessP95: number++ < 2 ? 1 : 60 }));
    equal(faulty.status.state, "frozen");
    match(faulty.status.health, /^frozen \(versions that 95 % of the steps are at most behind is .*, above 16: frozen/);
    const raised = faulty.events.filter(({ event }) => event === "warning");
    deepEqual(raised.map((event) => event.event === "warning" && event.warning), ["stalenessP95"]);
    deepEqual(faulty.warnings.map((warning) => ({ event: "warning", ...warning })), raised);
    const told = await play(() => 1, 400, () => ({ explainedVariance: -1 }));
    equal(told.status.state, "learning");
    const stops = told.events.filter((event) => event.event === "warning" && event.level === "stop");
    equal(stops.length, 1);
    const [{ warning, level, value, threshold, at }] = told.warnings;
    deepEqual({ warning, level, value, threshold, at }, {
      ...{
        warning: "explainedVariance",
        level: "stop",
        value: -1,
        threshold: 0,
        at: stops[0].event === "warning" && stops[0].at,
      },
    });
  });

  it("goes back to what is published on an early warning that says so, and learns on", async () => {
    let faults = 0;
    const { status, store, learner } = await play(() => 1, 500, () => ({ approximateKl: faults++ < 6 ? 0.3 : 0.001 }));
    equal(status.state, "learning");
    ok(store.events.some(({ action, by }) => action === "rollback" && by === "guard"));
    ok(learner.updates > 0);
  });
});
