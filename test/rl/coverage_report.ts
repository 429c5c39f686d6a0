/**
 * Prints how often 95 % bounds of the off-policy estimators cover the truth: where their assumptions hold, and where they do
 * not. `deno run -A test/rl/coverage_report.ts`; 1,000 logs a row, fixed seeds: the same numbers on every machine.
 */
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  audibertBounds,
  directMethod,
  doublyRobust,
  type DoublyRobustColumns,
  empiricalBernstein,
  hoeffdingBounds,
  ips,
  type MeanBounds,
  overlap,
  replay,
  shrunkDoublyRobust,
  snips,
  studentBounds,
  switchDoublyRobust,
  trajectoryDoublyRobust,
  trajectoryIps,
  type TrajectoryModelColumns,
} from "../../src/rl/mod.ts";
import {
  BANDIT,
  type Bandit,
  banditLog,
  banditValue,
  CHAIN,
  type Chain,
  chainLog,
  chainValue,
  coverageOf,
} from "./_coverage.ts";

const RUNS = 1000;
const EACH = 0.975;
const kernels = await loadKernels();
const student = (terms: Float64Array): MeanBounds => studentBounds(terms, EACH);

type Rows = Record<string, { covered: number; width: number; bias: number }>;
function print(title: string, rows: Rows): void {
  console.log(`\n${title}`);
  for (const [name, { covered, width, bias }] of Object.entries(rows)) {
    const share = `${(100 * covered).toFixed(1)} %`.padStart(8);
    console.log(
      `  ${name.padEnd(34)}${share}   width ${width.toFixed(3)}   bias ${bias >= 0 ? "+" : ""}${bias.toFixed(3)}`,
    );
  }
}
function bandit(
  title: string,
  world: Bandit,
  n: number,
  estimators: Record<string, (log: DoublyRobustColumns) => MeanBounds>,
): void {
  print(
    `${title} (${n} rounds)`,
    coverageOf(kernels, RUNS, banditValue(world), (u) => banditLog(world, n, u), estimators),
  );
}
function chain(
  title: string,
  world: Chain,
  n: number,
  estimators: Record<string, (log: TrajectoryModelColumns) => MeanBounds>,
): void {
  print(
    `${title} (${n} episodes)`,
    coverageOf(kernels, RUNS, chainValue(world), (u) => chainLog(world, n, u), estimators),
  );
}

const byWeights = {
  ips: (log: DoublyRobustColumns) => student(ips(log).terms),
  snips: (log: DoublyRobustColumns) => student(snips(log).terms),
  "doubly robust, wrong model": (log: DoublyRobustColumns) => student(doublyRobust(log).terms),
};
const overEpisodes = {
  "whole-trajectory": (log: TrajectoryModelColumns) => student(trajectoryIps(log, { perDecision: false }).terms),
  "per-decision": (log: TrajectoryModelColumns) => student(trajectoryIps(log).terms),
  weighted: (log: TrajectoryModelColumns) =>
    student(trajectoryIps(log, { perDecision: false, selfNormalized: true }).terms),
  "doubly robust, wrong model": (log: TrajectoryModelColumns) => student(trajectoryDoublyRobust(log).terms),
  "weighted doubly robust": (log: TrajectoryModelColumns) =>
    student(trajectoryDoublyRobust(log, { selfNormalized: true }).terms),
};

console.log(`Coverage of bounds that should hold with 95 %, over ${RUNS} logs a row`);
console.log("\n== Where assumptions hold");
bandit("Small weights, right propensities", BANDIT, 400, byWeights);
bandit("The model is right", { ...BANDIT, model: BANDIT.worth }, 400, {
  "direct method": (log) => student(directMethod(log.own).terms),
  "switch at 1.2": (log) => student(switchDoublyRobust(log, { threshold: 1.2 }).terms),
  "optimistic shrinkage, λ 2": (log) => student(shrunkDoublyRobust(log, { strength: 2 }).terms),
});
bandit("Bounds that hold for every distribution", BANDIT, 400, {
  "Student (for its width)": byWeights.ips,
  Hoeffding: (log) => hoeffdingBounds(ips(log).terms, { range: 3, confidence: EACH }),
  "empirical Bernstein": (log) => empiricalBernstein(ips(log).terms, { range: 3, confidence: EACH }),
  Audibert: (log) => audibertBounds(ips(log).terms, { range: 3, confidence: 0.95 }),
});
chain("Three steps", CHAIN, 300, overEpisodes);

console.log("\n== Where they do not");
const rare: Bandit = { ...BANDIT, logging: [[0.9, 0.005, 0.095], [0.495, 0.01, 0.495]] };
bandit("Rare actions: weights up to 120", rare, 400, {
  ...byWeights,
  "ips, cut at 5": (log) => student(ips(log, { clip: 5 }).terms),
  "Audibert, range read off the values": (log) => {
    const { terms } = ips(log);
    const range = terms.reduce((a, b) => Math.max(a, b), -Infinity) - terms.reduce((a, b) => Math.min(a, b), Infinity);
    return audibertBounds(terms, { range, confidence: 0.95 });
  },
  "empirical Bernstein, true range": (log) => empiricalBernstein(ips(log).terms, { range: 120, confidence: EACH }),
});
bandit("Few rounds", BANDIT, 12, byWeights);
bandit("A wrong model that is trusted", BANDIT, 400, {
  "direct method": (log) => student(directMethod(log.own).terms),
  "switch at 1.2": (log) => student(switchDoublyRobust(log, { threshold: 1.2 }).terms),
  "optimistic shrinkage, λ 2": (log) => student(shrunkDoublyRobust(log, { strength: 2 }).terms),
});
const misread = { ...BANDIT, written: BANDIT.logging.map((row) => row.map((p) => 0.5 * p + 0.5 / 3)) };
bandit("Propensities that were written down wrong", misread, 400, byWeights);
bandit("The same, with a model that is right", { ...misread, model: BANDIT.worth }, 400, {
  "doubly robust": (log) => student(doublyRobust(log).terms),
});
bandit(
  "An action that the log never took",
  {
    ...BANDIT,
    logging: [[0.7, 0, 0.3], [0.5, 0, 0.5]],
    written: [[0.7, 1, 0.3], [0.5, 1, 0.5]],
  },
  400,
  byWeights,
);
bandit("Replay of a log that was not uniform", { ...BANDIT, target: [[0, 0, 1], [0, 0, 1]] }, 400, {
  replay: (log) => student(replay(log).terms),
  "snips, on the same log": byWeights.snips,
});
chain(
  "Twelve steps: products of ratios",
  { ...CHAIN, horizon: 12, ends: 0, target: [[0.1, 0.9], [0.9, 0.1]] },
  300,
  overEpisodes,
);

console.log("\n== What overlap() says of one log each");
const one = (world: Bandit): readonly string[] => overlap(ips(banditLog(world, 400, uniformOf(3))).weights).warnings;
for (const [name, world] of Object.entries({ "small weights": BANDIT, "rare actions": rare })) {
  console.log(`  ${name}: ${one(world).join(" ") || "nothing"}`);
}
function uniformOf(seed: number): () => number {
  let counter = 0;
  return () => kernels.uniform(seed, 77, counter++);
}
