import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { loadKernels, randomStream } from "../../../src/kernels/mod.ts";
import { createDriftWatch, type DriftWatch, type Drop } from "../../../src/learning/loop/drift_watch.ts";
import { createWarningWatch, EARLY_WARNINGS } from "../../../src/learning/loop/early_warnings.ts";
import {
  armDifference,
  type Difference,
  heldOutDifference,
  rollingGate,
  trialGate,
} from "../../../src/learning/loop/gate.ts";
import { healthLine } from "../../../src/learning/loop/health_line.ts";
import { createLatencies } from "../../../src/learning/loop/latencies.ts";
import { needsSnapshot } from "../../../src/learning/loop/needs_snapshot.ts";
import { within } from "../../../src/learning/loop/within.ts";
import { configuration, judged, stepOf } from "./fixtures.ts";

const kernels = await loadKernels();
const { gate } = configuration;

describe("createDriftWatch()", () => {
  /** Rewards 1 with a probability; the model expects `expected`. */
  function play(
    parts: readonly (readonly [steps: number, p: number, expected: number])[],
    seed = 1,
  ): { readonly watch: DriftWatch; readonly drop: Drop | undefined; readonly sequence: number } {
    const watch = createDriftWatch(5), uniform = randomStream(kernels, seed, 0);
    let sequence = 0;
    for (const [steps, p, expected] of parts) {
      for (let i = 0; i < steps; i++) {
        watch.push(++sequence, Number(uniform() < p), expected);
        const drop = watch.drop();
        if (drop) return { watch, drop, sequence };
      }
    }
    return { watch, drop: undefined, sequence };
  }

  it("finds a large drop within a window, and where it began", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { drop, sequence } = play([[1000, 0.9, 0.9], [100, 0.1, 0.9]], seed);
      ok(drop && sequence > 1000 && sequence <= 1048, `${sequence}`);
      // A guess that is too early only sets aside a few good judgements more.
      ok(drop.beganAt > 900 && drop.beganAt <= 1006, `began at ${drop.beganAt}`);
      ok(drop.sigmas > 5 && drop.knownReward > 0.85 && drop.recentReward < 0.8);
    }
  });

  it("finds a drop to chance as well, later", () => {
    const { drop } = play([[1000, 0.85, 0.85], [400, 0.5, 0.85]]);
    ok(drop && drop.steps >= 48);
  });

  it("is silent in 100 healthy runs of 3,000 judgements, at each level", () => {
    for (let seed = 1; seed <= 100; seed++) {
      const p = 0.5 + 0.45 * seed / 100;
      equal(play([[3000, p, p]], seed).drop, undefined);
    }
  });

  it("is silent when requests become harder and the model knows it, or too little is known", () => {
    equal(play([[1000, 0.9, 0.9], [500, 0.5, 0.5]]).drop, undefined);
    equal(play([[150, 0.9, 0.9], [40, 0.1, 0.9]]).drop, undefined);
  });

  it("sees that all is well again only when every part of the last steps is", () => {
    const { watch, drop } = play([[1000, 0.9, 0.9], [100, 0.1, 0.9]]);
    ok(drop);
    watch.forgetFrom(drop.beganAt);
    for (let i = 0; i < 300; i++) watch.push(2000 + i, 0, 0.9);
    ok(!watch.hasRecovered(drop, 200));
    for (let i = 0; i < 150; i++) watch.push(3000 + i, 1, 0.9);
    ok(!watch.hasRecovered(drop, 200));
    for (let i = 0; i < 50; i++) watch.push(4000 + i, 1, 0.9);
    ok(watch.hasRecovered(drop, 200));
  });
});

describe("rollingGate()", () => {
  const difference = (mean: number, width: number, samples = 100): Difference => ({
    ...{ mean, lower: mean - width, upper: mean + width, samples },
  });
  const verdict = (differences: Record<string, Difference>, guard?: string): string =>
    rollingGate(gate, differences, guard).verdict;

  it("passes what shows no loss, and says by what", () => {
    const decision = rollingGate(gate, { "the held-out estimate": difference(0.01, 0.02) });
    equal(decision.verdict, "pass");
    match(decision.reason, /the held-out estimate shows no loss: \+0\.010 reward \(−0\.010 to \+0\.030\)/);
    equal(decision.report["the held-out estimate difference"], 0.01);
  });

  it("refuses a loss that is certain, whatever else speaks for it", () => {
    equal(verdict({ a: difference(0.1, 0.01), b: difference(-0.1, 0.05) }), "refuse");
    equal(verdict({ a: difference(0.1, 0.01) }, "speed"), "refuse");
  });

  it("waits when evidence speaks against it without proving it", () => {
    equal(verdict({ a: difference(-0.1, 0.12) }), "wait");
  });

  it("passes on too little evidence, and says so, unless that little speaks against it", () => {
    match(rollingGate(gate, {}).reason, /too little evidence \(0 effective samples of 50\), none speaks against it/);
    equal(verdict({ a: difference(-0.05, 0.5, 5) }), "pass");
    equal(verdict({ a: difference(-0.5, 0.6, 5) }), "wait");
  });
});

describe("trialGate()", () => {
  const canary = (right: number, of: number): number[] => Array.from({ length: of }, (_, i) => Number(i < right));
  const decide = (mine: number[], theirs: number[]): string =>
    trialGate(gate, armDifference(mine, theirs, gate.confidence), mine.length).verdict;

  it("waits for enough judged steps, then promotes what is not worse and refuses what is", () => {
    equal(decide(canary(90, 99), canary(500, 1000)), "wait");
    equal(decide(canary(90, 100), canary(500, 1000)), "pass");
    equal(decide(canary(30, 100), canary(500, 1000)), "refuse");
  });

  it("decides by the mean what is still open after four times as many", () => {
    equal(decide(canary(50, 100), canary(500, 1000)), "wait");
    equal(decide(canary(200, 400), canary(500, 1000)), "pass");
    equal(decide(canary(199, 400), canary(500, 1000)), "refuse");
  });
});

describe("heldOutDifference()", () => {
  it("finds the policy that takes the rewarded action, from steps that neither took", () => {
    const uniform = randomStream(kernels, 5, 0);
    const steps = Array.from({ length: 300 }, (_, i) => {
      const action = Math.floor(uniform() * 2);
      return judged(i + 1, stepOf(`s${i}`, "t", `action${action}`, { propensity: 0.5 }), action);
    });
    const takes = (action: number) => ({
      probabilities: Float64Array.from(steps, ({ step }) => Number(step.choice === action)),
    });
    const { mean, lower, samples } = heldOutDifference(steps, takes(1), takes(0), 0.95);
    ok(lower > 0.8 && Math.abs(mean - 1) < 0.2, `${mean}`);
    ok(samples > 100 && samples < 200);
    deepEqual(heldOutDifference(steps, takes(1), takes(1), 0.95).mean, 0);
  });
});

describe("createWarningWatch()", () => {
  const healthy = (row: (typeof EARLY_WARNINGS)[number]): number =>
    row.bad === "above" ? row.warn / 2 : row.warn * 1.5 + 0.01;

  it("trips each row, and only that, when its fault is injected, within 15 updates", () => {
    for (const row of EARLY_WARNINGS) {
      const watch = createWarningWatch(row.kinds[0]);
      const rows = EARLY_WARNINGS.filter(({ kinds }) => kinds.includes(row.kinds[0]));
      const normal = Object.fromEntries(rows.map((one) => [one.name, healthy(one)]));
      for (let update = 0; update < 10; update++) deepEqual(watch.push(normal), []);
      const threshold = row.stop ?? row.warn;
      const fault = row.bad === "above" ? 2 * threshold + 1 : threshold - 1;
      const raised = Array.from({ length: 15 }, () => watch.push({ ...normal, [row.name]: fault })).flat();
      ok(raised.length > 0 && raised.every((one) => one.row === row), row.name);
      equal(raised.at(-1)?.level, row.stop === undefined ? "warn" : "stop");
      ok(raised.length <= 2, "each crossing is told once");
    }
  });

  it("takes a number that is none for the worst", () => {
    const watch = createWarningWatch("transformer");
    const raised = Array.from({ length: 5 }, () => watch.push({ clipFraction: NaN })).flat();
    deepEqual(raised.map(({ level }) => level), ["stop"]);
  });
});

describe("healthLine()", () => {
  const standing = {
    ...{ state: "learning", assignment: { incumbent: 41 }, judgements: 2000 } as const,
    ...{ meanReward: 0.7, earlyReward: 0.61, recentReward: 0.74, recentJudgements: 500 },
  };

  it("says where an agent stands in one sentence", () => {
    equal(healthLine(standing), "learning: reward 0.61 → 0.74 over 2,000 judgements; version 41 serves 100 %");
    equal(
      healthLine({ ...standing, assignment: { incumbent: 41, canary: { version: 42, share: 0.125 } }, judgements: 1 }),
      "learning: reward 0.61 → 0.74 over 1 judgement; version 41 serves 87.5 %, version 42 is tried on 12.5 %",
    );
    equal(
      healthLine({ ...standing, state: "waiting", judgements: 0 }),
      "waiting for judgements; version 41 serves 100 %",
    );
    match(healthLine({ ...standing, state: "frozen", reason: "reward fell" }), /^frozen \(reward fell\): reward/);
    match(healthLine({ ...standing, state: "failed", reason: "disk full" }), /^failed: disk full; version 41/);
  });
});

describe("needsSnapshot()", () => {
  const at = (learnedUpTo: number, createdAt = 0) => ({ learnedUpTo, createdAt });

  it("spaces them geometrically, with bounds in judgements and in time", () => {
    deepEqual([249, 250].map((place) => needsSnapshot(at(0), at(place))), [false, true]);
    deepEqual([12_499, 12_500].map((place) => needsSnapshot(at(10_000), at(place))), [false, true]);
    ok(needsSnapshot(at(1_000_000), at(1_020_000)));
    ok(needsSnapshot(at(1_000_000), at(1_000_001, 3_600_000)));
    ok(!needsSnapshot(at(1000), at(1000, 3_600_000)));
  });
});

describe("createLatencies()", () => {
  it("gives percentiles of the last thousand", () => {
    const latencies = createLatencies();
    deepEqual(latencies.percentiles(), { p50: 0, p99: 0 });
    for (let i = 1; i <= 100; i++) latencies.push(i);
    deepEqual(latencies.percentiles(), { p50: 50, p99: 99 });
    for (let i = 0; i < 1000; i++) latencies.push(7);
    deepEqual(latencies.percentiles(), { p50: 7, p99: 7 });
  });
});

describe("within()", () => {
  it("gives the value, or says what took too long, and stops its timer either way", async () => {
    const timers = new Set<() => void>();
    const every = (_: number, call: () => void) => (timers.add(call), () => void timers.delete(call));
    equal(await within(every, 5, "count", Promise.resolve(3)), 3);
    equal(timers.size, 0);
    const late = within(every, 5, "read the journal", new Promise(() => {}));
    timers.forEach((call) => call());
    await rejects(late, { code: "timed_out", message: "Cannot read the journal: no answer in 5 ms" });
    equal(timers.size, 0);
  });
});
