import { describe, it } from "@std/testing/bdd";
import { ok } from "node:assert/strict";
import { loadKernels, randomStream } from "../../src/kernels/mod.ts";
import {
  audibertBounds,
  bootstrapBounds,
  directMethod,
  doublyRobust,
  empiricalBernstein,
  hoeffdingBounds,
  ips,
  normalBounds,
  replay,
  shrunkDoublyRobust,
  snips,
  studentBounds,
  switchDoublyRobust,
  trajectoryDoublyRobust,
  trajectoryIps,
} from "../../src/rl/mod.ts";
import { BANDIT, banditLog, banditValue, CHAIN, chainLog, chainValue, coverageOf } from "./_coverage.ts";

/**
 * Coverage of 95 % bounds over 1,000 logs an estimator. By chance alone a share of 0.95 misses by 0.7 % (one deviation), so
 * ± 2 % is three of them; seeds are fixed. `deno run -A test/rl/coverage_report.ts` prints what happens elsewhere.
 */
const RUNS = 1000;
const EACH = 0.975; // of two bounds that hold together with 0.95
const kernels = await loadKernels();

const covers95 = (found: Record<string, { covered: number }>): void => {
  for (const [name, { covered }] of Object.entries(found)) {
    ok(Math.abs(covered - 0.95) <= 0.02, `${name} covers ${(100 * covered).toFixed(1)} % of 1000 logs`);
  }
};
const student = (terms: Float64Array) => studentBounds(terms, EACH);

describe("95 % bounds cover 95 % ± 2 of 1,000 logs", () => {
  it("of a bandit, for every estimator, with Student's bounds", () => {
    covers95(coverageOf(kernels, RUNS, banditValue(BANDIT), (uniform) => banditLog(BANDIT, 300, uniform), {
      ips: (log) => student(ips(log).terms),
      snips: (log) => student(snips(log).terms),
      "doubly robust, wrong model": (log) => student(doublyRobust(log).terms),
      "self-normalized doubly robust": (log) => student(doublyRobust(log, { selfNormalized: true }).terms),
      "switch, no weight above": (log) => student(switchDoublyRobust(log, { threshold: 5 }).terms),
    }));
  });

  it("of a bandit whose model is right, for the estimators that lean on it", () => {
    const exact = { ...BANDIT, model: BANDIT.worth };
    covers95(coverageOf(kernels, RUNS, banditValue(exact), (uniform) => banditLog(exact, 300, uniform), {
      "direct method": (log) => student(directMethod(log.own).terms),
      "switch, half of the weights cut": (log) => student(switchDoublyRobust(log, { threshold: 1.2 }).terms),
      "optimistic shrinkage": (log) => student(shrunkDoublyRobust(log, { strength: 2 }).terms),
      "doubly robust": (log) => student(doublyRobust(log).terms),
    }));
  });

  it("of a log that chose uniformly, for replay of a deterministic policy", () => {
    const uniform = { ...BANDIT, logging: [0, 1].map(() => [1 / 3, 1 / 3, 1 / 3]), target: [[0, 1, 0], [0, 0, 1]] };
    covers95(coverageOf(kernels, RUNS, banditValue(uniform), (chance) => banditLog(uniform, 400, chance), {
      replay: (log) => student(replay(log).terms),
    }));
  });

  it("of episodes, for every estimator over trajectories", () => {
    covers95(coverageOf(kernels, RUNS, chainValue(CHAIN), (uniform) => chainLog(CHAIN, 200, uniform), {
      "whole-trajectory": (log) => student(trajectoryIps(log, { perDecision: false }).terms),
      "per-decision": (log) => student(trajectoryIps(log).terms),
      weighted: (log) => student(trajectoryIps(log, { perDecision: false, selfNormalized: true }).terms),
      "weighted per-decision": (log) => student(trajectoryIps(log, { selfNormalized: true }).terms),
      "doubly robust, wrong model": (log) => student(trajectoryDoublyRobust(log).terms),
      "weighted doubly robust": (log) => student(trajectoryDoublyRobust(log, { selfNormalized: true }).terms),
    }));
  });

  it("of a bandit, for the other bounds that are right as n grows", () => {
    const uniform = randomStream(kernels, 1, 1);
    const indices = Uint32Array.from({ length: 200 * 200 }, () => Math.floor(uniform() * 200));
    covers95(coverageOf(kernels, RUNS, banditValue(BANDIT), (chance) => banditLog(BANDIT, 200, chance), {
      normal: (log) => normalBounds(ips(log).terms, 0, EACH),
      bootstrap: (log) => bootstrapBounds(ips(log).terms, { indices, confidence: EACH }),
    }));
  });
});

describe("bounds that hold for every distribution", () => {
  it("cover at least 95 %, and more: that is their price", () => {
    const options = { range: 3, confidence: EACH }; // the largest weight is 3
    const found = coverageOf(kernels, RUNS, banditValue(BANDIT), (uniform) => banditLog(BANDIT, 300, uniform), {
      hoeffding: (log) => hoeffdingBounds(ips(log).terms, options),
      empiricalBernstein: (log) => empiricalBernstein(ips(log).terms, options),
      audibert: (log) => audibertBounds(ips(log).terms, { range: 3, confidence: 0.95 }),
      student: (log) => student(ips(log).terms),
    });
    for (const name of ["hoeffding", "empiricalBernstein", "audibert"] as const) {
      ok(found[name].covered >= 0.95 && found[name].width > found.student.width, `${name}: ${JSON.stringify(found)}`);
    }
  });
});
