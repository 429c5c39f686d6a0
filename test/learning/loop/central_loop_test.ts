import { afterEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { type AgentConfiguration, createRewardModelAgent, type ServedAgent } from "../../../src/agent/mod.ts";
import { loadKernels } from "../../../src/kernels/mod.ts";
import {
  type AgentLearner,
  type CentralLoop,
  createCentralLoop,
  createRewardModelLearner,
  type LoopEvent,
  type Published,
} from "../../../src/learning/mod.ts";
import { contentHashOf, encodeSnapshot } from "../../../src/policy/mod.ts";
import { openSqliteStore, type Store } from "../../../src/store/mod.ts";
import { learning } from "./fixtures.ts";

const kernels = await loadKernels();
const METRICS = { ...learning.metrics, speed: { ...learning.metrics.right, type: "number", range: [0, 1] } as const };
const base: AgentConfiguration = {
  ...learning,
  metrics: METRICS,
  gate: { ...learning.gate, everyJudgements: 10, delayJudgements: 40 },
};

/** A service without HTTP: one store, and what can be started, dropped and started again on it. */
class Bench {
  now = 1_700_000_000_000;
  number = 0;
  events: LoopEvent[] = [];
  published: Published[] = [];
  ticks = new Set<() => void>();
  open: AsyncDisposable[] = [];
  constructor(readonly store: Store) {}

  /** Starts agents over the store. What ran before is simply left, as if its process were gone. */
  async start(agents: Record<string, { configuration: AgentConfiguration; learner?: AgentLearner }>): Promise<{
    readonly loop: CentralLoop;
    readonly served: Readonly<Record<string, ServedAgent>>;
  }> {
    const served = Object.fromEntries(
      Object.entries(agents).map((
        [name, { configuration }],
      ) => [name, createRewardModelAgent(kernels, name, configuration)]),
    );
    const parts = Object.fromEntries(
      Object.entries(agents).map(([name, { configuration, learner }]) => [name, {
        ...{ configuration, served: served[name] },
        learner: learner ?? createRewardModelLearner(kernels, configuration),
      }]),
    );
    const loop = createCentralLoop({
      ...{ store: this.store, agents: parts, now: () => this.now },
      every: (_, call) => (this.ticks.add(call), () => void this.ticks.delete(call)),
    });
    this.open.push(loop);
    loop.onEvent((event) => this.events.push(event));
    loop.onPublished((published) => this.published.push(published));
    await loop.start();
    return { loop, served };
  }

  /** Decides and judges: right is the action whose number is the text's. */
  async play(
    served: ServedAgent,
    requests: number,
    metric = "right",
    judge?: (right: boolean) => boolean | number,
  ): Promise<void> {
    const records = Array.from({ length: requests }, () => {
      const number = this.number++;
      this.now += 50;
      return served.decide({
        ...{ stepId: uuid(number), episodeId: uuid(1e6 + number), now: this.now, seed: (number * 2654435761) >>> 0 },
        turns: [{ role: "user", text: `please do ${number % 10}` }],
      }).record;
    });
    await this.store.steps.add(records);
    await this.store.feedback.add(records.map((record) => {
      const right = record.action === `action${record.turns[0].text.slice(-1)}`;
      return {
        ...{ id: record.id, key: record.id, agent: served.name, metric, episodeId: record.episodeId },
        ...{ stepId: record.id, value: judge ? judge(right) : right, author: "judge", receivedAt: this.now },
      };
    }));
  }
}

const uuid = (number: number): string => `01990000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;
let bench: Bench | undefined;
async function openBench(names = ["a"]): Promise<Bench> {
  return bench = new Bench(
    await openSqliteStore(":memory:", {
      metrics: Object.fromEntries(names.map((name) => [name, METRICS])),
      groupMs: 0,
    }),
  );
}

describe("createCentralLoop()", () => {
  afterEach(async () => {
    for (const one of bench?.open ?? []) await one[Symbol.asyncDispose]();
    await bench?.store[Symbol.asyncDispose]();
    bench = undefined;
  });

  it("serves version 0 at first, learns what is judged, and says so", async () => {
    const bench = await openBench();
    const { loop, served } = await bench.start({ a: { configuration: base } });
    equal(loop.status("a").health, "waiting for judgements; version 0 serves 100 %");
    for (let i = 0; i < 30; i++) {
      await bench.play(served.a, 20);
      await loop.drain();
    }
    const status = loop.status("a");
    equal(status.learnedUpTo, 600);
    equal(status.judgements, 600);
    ok(status.recentReward > status.meanReward);
    match(
      status.health,
      /^learning: reward 0\.\d\d → 0\.\d\d over 600 judgements; version \d+ serves 90 %, version \d+ is/,
    );
    deepEqual(await bench.store.policies.assignment("a"), status.assignment);
    deepEqual(served.a.assignment, status.assignment);
    // The published version stays behind; the canary has learned everything.
    const { incumbent, canary } = status.assignment;
    ok((await bench.store.policies.get("a", incumbent))!.learnedUpTo <= 560);
    equal((await bench.store.policies.get("a", canary!.version))!.learnedUpTo, 600);
    ok(
      bench.events.some(({ event }) => event === "progress") &&
        bench.events.some(({ event }) => event === "publication"),
    );
  });

  it("learns as judgements come in, without being asked", async () => {
    const bench = await openBench();
    const { loop, served } = await bench.start({ a: { configuration: base } });
    await bench.play(served.a, 30);
    for (let i = 0; i < 200 && loop.status("a").learnedUpTo < 30; i++) await new Promise((done) => setTimeout(done, 5));
    equal(loop.status("a").learnedUpTo, 30);
  });

  it("is the same, bit for bit, when it was killed: each judgement counts once", async () => {
    const versions: Uint8Array[][] = [];
    for (const killedAfter of [Infinity, 7]) {
      const bench = await openBench();
      let { loop, served } = await bench.start({ a: { configuration: base } });
      for (let i = 0; i < 20; i++) {
        // Dropped, not closed: what it had in memory is gone.
        if (i % killedAfter === killedAfter - 1) ({ loop, served } = await bench.start({ a: { configuration: base } }));
        await bench.play(served.a, 15, "right", () => i % 3 === 0);
        await loop.drain();
      }
      const newest = loop.status("a").newestVersion;
      equal(loop.status("a").learnedUpTo, 300);
      const rows = await bench.store.policies.list("a");
      ok(rows.filter(({ contentHash }) => contentHash).length < rows.length / 2, "most versions are rebuilt");
      const all: Uint8Array[] = [];
      for (let version = 0; version <= newest; version += 5) all.push((await loop.snapshotOf("a", version)).bytes);
      // What was learned in one go is what was learned in pieces.
      using direct = createRewardModelLearner(kernels, base);
      await direct.learn(await bench.store.rewards.range("a", 1, rows[0].learnedUpTo), { now: 0 });
      equal(
        contentHashOf((await loop.snapshotOf("a", newest)).bytes),
        contentHashOf(encodeSnapshot(direct.snapshot())),
      );
      versions.push(all);
      for (const one of bench.open) await one[Symbol.asyncDispose]();
      bench.open = [];
      await bench.store[Symbol.asyncDispose]();
    }
    bench = undefined;
  });

  it("serves after a restart what it served before, with equal probabilities", async () => {
    const bench = await openBench();
    const first = await bench.start({ a: { configuration: base } });
    for (let i = 0; i < 10; i++) {
      await bench.play(first.served.a, 20);
      await first.loop.drain();
    }
    const second = await bench.start({ a: { configuration: base } });
    deepEqual(second.served.a.assignment, first.served.a.assignment);
    deepEqual(second.served.a.installed, first.served.a.installed);
    for (let i = 0; i < 40; i++) {
      const request = {
        ...{ stepId: uuid(i), episodeId: uuid(i), now: 0, seed: i },
        turns: [{ role: "user", text: `please do ${i % 10}` }] as const,
      };
      deepEqual(second.served.a.decide(request), first.served.a.decide(request));
    }
    equal(second.loop.status("a").meanReward.toFixed(6), first.loop.status("a").meanReward.toFixed(6));
  });

  it("tells edges what they need to follow: judgements on what they have", async () => {
    const bench = await openBench();
    const { loop, served } = await bench.start({ a: { configuration: base } });
    using edge = createRewardModelAgent(kernels, "a", base);
    loop.onPublished(({ assignment, versions }) => {
      for (const { version, payload } of versions) edge.install(version.version, payload);
      edge.assign(assignment);
      for (const version of edge.installed) {
        if (version !== assignment.incumbent && version !== assignment.canary?.version) edge.uninstall(version);
      }
    });
    for (let i = 0; i < 12; i++) {
      await bench.play(served.a, 20);
      await loop.drain();
    }
    const payloads = bench.published.flatMap(({ versions }) => versions.map(({ payload }) => payload.kind));
    ok(payloads.filter((kind) => kind === "judgements").length > payloads.length / 2);
    for (let i = 0; i < 40; i++) {
      const request = {
        ...{ stepId: uuid(i), episodeId: uuid(i), now: 0, seed: i },
        turns: [{ role: "user", text: `please do ${i % 10}` }] as const,
      };
      deepEqual(edge.decide(request), served.a.decide(request));
    }
  });

  it("publishes at once when the gate has no canary share, and learns nothing when frozen by configuration", async () => {
    const bench = await openBench(["a", "b"]);
    const { loop, served } = await bench.start({
      a: { configuration: { ...base, gate: { ...base.gate, canaryShare: 0 } } },
      b: { configuration: { ...base, mode: "frozen" } },
    });
    for (const agent of [served.a, served.b]) await bench.play(agent, 50);
    await loop.drain();
    const { assignment, newestVersion } = loop.status("a");
    deepEqual(assignment, { incumbent: newestVersion });
    equal((await bench.store.policies.get("a", newestVersion))!.learnedUpTo, 50);
    const frozen = loop.status("b");
    deepEqual([frozen.state, frozen.learnedUpTo, frozen.newestVersion, frozen.judgements], ["frozen", 0, 0, 50]);
  });

  it("goes on with the others when one learner fails, and tries again from the journal", async () => {
    const bench = await openBench(["a", "b"]);
    let broken = true;
    const learner = createRewardModelLearner(kernels, base);
    const failing: AgentLearner = Object.create(learner, {
      learn: {
        value: (...[steps, options]: Parameters<AgentLearner["learn"]>) => {
          if (broken) throw new Error("the weights fell out");
          return learner.learn(steps, options);
        },
      },
    });
    const { loop, served } = await bench.start({
      a: { configuration: base, learner: failing },
      b: { configuration: base },
    });
    for (const agent of [served.a, served.b]) await bench.play(agent, 30);
    await loop.drain();
    match(loop.status("a").health, /^failed: the weights fell out; version 0 serves 100 %/);
    deepEqual([loop.status("a").state, loop.status("b").learnedUpTo], ["failed", 30]);
    broken = false;
    await loop.drain();
    equal(loop.status("a").state, "failed", "it waits before it tries again");
    bench.now += 1001;
    await loop.drain();
    deepEqual([loop.status("a").state, loop.status("a").learnedUpTo], ["learning", 30]);
  });

  describe("when somebody decides", () => {
    async function learned(): Promise<Awaited<ReturnType<Bench["start"]>> & { bench: Bench }> {
      const bench = await openBench();
      const started = await bench.start({ a: { configuration: base } });
      for (let i = 0; i < 10; i++) {
        await bench.play(started.served.a, 20);
        await started.loop.drain();
      }
      return { bench, ...started };
    }

    it("publishes a version, puts one on trial, and refuses one that is not there", async () => {
      const { bench, loop, served } = await learned();
      await loop.publish("a", 3, "ann");
      deepEqual(served.a.assignment, { incumbent: 3 });
      await loop.canary("a", 5, 0.25, "bob");
      deepEqual(served.a.assignment, { incumbent: 3, canary: { version: 5, share: 0.25 } });
      const [second, first] = await bench.store.policies.history("a", 2);
      deepEqual([first.action, first.by, second.action, second.by], ["publish", "ann", "canary", "bob"]);
      await rejects(loop.publish("a", 999, "ann"), { code: "version_missing" });
      await bench.play(served.a, 60);
      await loop.drain();
      ok(loop.status("a").assignment.incumbent > 3, "learning goes on");
    });

    it("rolls back to a version: learning goes on from its weights, and what came after is never learned", async () => {
      const { bench, loop, served } = await learned();
      const target = await bench.store.policies.get("a", 5);
      await loop.rollback("a", 5, "ann");
      const { incumbent } = served.a.assignment;
      deepEqual(
        contentHashOf((await loop.snapshotOf("a", incumbent)).bytes),
        contentHashOf((await loop.snapshotOf("a", 5)).bytes),
      );
      await bench.play(served.a, 60);
      await loop.drain();
      using direct = createRewardModelLearner(kernels, base);
      await direct.learn(await bench.store.rewards.range("a", 1, target!.learnedUpTo), { now: 0 });
      await direct.learn(await bench.store.rewards.range("a", 201, 260), { now: 0 });
      const { newestVersion } = loop.status("a");
      equal(
        contentHashOf((await loop.snapshotOf("a", newestVersion)).bytes),
        contentHashOf(encodeSnapshot(direct.snapshot())),
      );
      const again = await bench.start({ a: { configuration: base } });
      deepEqual(again.served.a.assignment, served.a.assignment);
      equal(
        contentHashOf((await again.loop.snapshotOf("a", newestVersion)).bytes),
        contentHashOf(encodeSnapshot(direct.snapshot())),
      );
    });

    for (const learnQuarantined of [false, true]) {
      it(`stays frozen over a restart, and ${learnQuarantined ? "learns" : "leaves out"} what was set aside when resumed`, async () => {
        const { bench, loop, served } = await learned();
        for (let i = 0; i < 40; i++) {
          await bench.play(served.a, 50);
          await loop.drain();
        }
        await bench.play(served.a, 200, "right", (right) => !right);
        await loop.drain();
        equal(loop.status("a").state, "frozen", loop.status("a").health);
        const again = await bench.start({ a: { configuration: base } });
        equal(again.loop.status("a").state, "frozen");
        const { learnedUpTo } = again.loop.status("a");
        ok(learnedUpTo <= 2200 && learnedUpTo > 2000, `${learnedUpTo}`);
        await again.loop.resume("a", { learnQuarantined, by: "ann" });
        await bench.play(again.served.a, 30);
        await again.loop.drain();
        equal(again.loop.status("a").learnedUpTo, 2430);
        using direct = createRewardModelLearner(kernels, base);
        const skipped = learnQuarantined ? [] : await bench.store.rewards.range("a", learnedUpTo + 1, 2400);
        const places = new Set(skipped.map(({ sequence }) => sequence));
        const journal = await bench.store.rewards.range("a", 1, 2430);
        await direct.learn(journal.filter(({ sequence }) => !places.has(sequence)), { now: 0 });
        const { newestVersion } = again.loop.status("a");
        equal(
          contentHashOf((await again.loop.snapshotOf("a", newestVersion)).bytes),
          contentHashOf(encodeSnapshot(direct.snapshot())),
        );
      });
    }
  });
});
