import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import { createEvidence } from "../../../src/learning/loop/evidence.ts";
import { isHeldOut } from "../../../src/learning/loop/is_held_out.ts";
import { lineOfDescent } from "../../../src/learning/loop/line_of_descent.ts";
import { createRewardCurve } from "../../../src/learning/loop/reward_curve.ts";
import type { PolicyVersion } from "../../../src/store/mod.ts";
import { configuration, judged, stepOf } from "./fixtures.ts";

describe("createEvidence()", () => {
  /** Rewards of both arms for a metric: `share` of them are 1. */
  const arms = (metric: string, canary: number, incumbent: number, steps = 200): ReturnType<typeof judged>[] =>
    Array.from({ length: 2 * steps }, (_, i) => {
      const arm = i % 2 === 0 ? "canary" : "incumbent", share = arm === "canary" ? canary : incumbent;
      const step = stepOf(`${metric} ${i}`, "t", "action1", { arm, policyVersion: i % 2, createdAt: i });
      return judged(i + 1, step, Number((i * 7) % 20 < 20 * share), { metric });
    });

  it("names the guard metric that fell on the canary's share, and no other", () => {
    const evidence = createEvidence(configuration);
    evidence.push(arms("right", 0.2, 0.9));
    evidence.push(arms("polite", 0.8, 0.8));
    equal(evidence.fallenGuard(), undefined);
    evidence.push(arms("speed", 0.4, 0.9, 40));
    equal(evidence.fallenGuard(), undefined, "too few");
    evidence.push(arms("speed", 0.4, 0.9));
    equal(evidence.fallenGuard(), "speed");
    evidence.clear();
    equal(evidence.fallenGuard(), undefined);
  });

  it("compares arms on what the agent learns from, and counts silence as no evidence", () => {
    const evidence = createEvidence(configuration);
    equal(evidence.arms(), undefined);
    evidence.push(arms("right", 0.9, 0.5).map((entry) => ({ ...entry, source: "missing" as const })));
    equal(evidence.arms(), undefined);
    evidence.push(arms("right", 0.9, 0.5));
    const difference = evidence.arms();
    ok(difference && difference.lower > 0.2 && difference.upper < 0.6, JSON.stringify(difference));
  });

  it("keeps the newest held-out steps, and rewards of a trial since it began", () => {
    const evidence = createEvidence(configuration);
    const steps = Array.from({ length: 9000 }, (_, i) => judged(i + 1, stepOf(`s${i}`, "t", "action1"), 1));
    evidence.push(steps);
    ok(evidence.heldOut.length >= 200 && evidence.heldOut.length <= 400);
    ok(evidence.heldOut.every(({ step }) => isHeldOut(step.id, 0.05)));
    equal(evidence.heldOut.at(-1), steps.findLast(({ step }) => isHeldOut(step.id, 0.05)));
    evidence.clear();
    evidence.push(arms("right", 1, 1));
    deepEqual(evidence.trial(0, 300), { canary: new Array(50).fill(1), incumbent: new Array(50).fill(1) });
  });
});

describe("lineOfDescent()", () => {
  const row = (version: number, parent?: number): PolicyVersion => ({
    ...{ agent: "a", version, createdAt: 0, learnedUpTo: version, report: {} },
    ...(parent !== undefined && { parent }),
  });
  // 3 went wrong; 4 goes on from 1.
  const rows = [row(0), row(1, 0), row(2, 1), row(3, 2), row(4, 1), row(5, 4)];
  const line = async (from: number, to: number): Promise<number[] | undefined> =>
    (await lineOfDescent({ get: (version) => Promise.resolve(rows[version]) }, from, rows[to]))
      ?.map(({ version }) => version);

  it("leads from an ancestor, and from nowhere else", async () => {
    deepEqual(await line(0, 5), [1, 4, 5]);
    deepEqual(await line(5, 5), []);
    equal(await line(3, 5), undefined);
    equal(await line(5, 4), undefined);
  });
});

describe("createRewardCurve()", () => {
  const status = {
    ...{ agent: "a", kind: "reward-model", state: "learning", assignment: { incumbent: 1 } } as const,
    ...{ newestVersion: 1, judgements: 3, learnedUpTo: 3 },
    feedback: { joined: 3, early: 0, orphaned: 0, late: 0, superseded: 0, duplicate: 0, conflict: 0 },
    ...{ updateLatencyMs: { p50: 0, p99: 0 }, serveLatencyMs: { p50: 0, p99: 0 } },
  };

  it("has means of all, of the last 500 and, in the sentence, of the first 200", () => {
    const curve = createRewardCurve();
    for (let i = 0; i < 2000; i++) curve.push(Number(i >= 1000));
    const { meanReward, recentReward, recentJudgements, health } = curve.status(status);
    deepEqual([meanReward, recentReward, recentJudgements], [0.5, 1, 500]);
    ok(health.includes("reward 0.00 → 1.00"));
  });

  it("goes on from what is kept", () => {
    const curve = createRewardCurve();
    curve.push(1);
    curve.clear();
    curve.goOn([{ from: 1, steps: 300, mean: 0.5 }], [{ from: 1, steps: 200, mean: 0.25 }]);
    for (let i = 0; i < 100; i++) curve.push(1);
    const { meanReward, health } = curve.status(status);
    equal(meanReward, 0.625);
    ok(health.includes("reward 0.25 → 1.00"));
  });
});
