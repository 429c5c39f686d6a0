/** Worlds small enough to know every policy's value exactly, and logs drawn from them by seed. */
import { randomStream } from "../../src/kernels/mod.ts";
import type { Kernels } from "../../src/kernels/mod.ts";
import type { DoublyRobustColumns, MeanBounds, TrajectoryModelColumns } from "../../src/rl/mod.ts";

type Table = readonly (readonly number[])[];
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + x * b[i], 0);

/** A contextual bandit with rewards 0 or 1. */
export interface Bandit {
  /** Probability of each context. */
  readonly contexts: readonly number[];
  /** [contexts][actions] what the log was made with, and what is asked about. */
  readonly logging: Table;
  readonly target: Table;
  /** [contexts][actions] expected reward. */
  readonly worth: Table;
  /** [contexts][actions] what a model thinks of it. */
  readonly model: Table;
  /** [contexts][actions] propensities that are written down, where they are not those that acted. */
  readonly written?: Table;
}

/** What the target policy earns. */
export function banditValue({ contexts, target, worth }: Bandit): number {
  return dot(contexts, target.map((row, x) => dot(row, worth[x])));
}

/** A log of `n` rounds. */
export function banditLog(bandit: Bandit, n: number, uniform: () => number): DoublyRobustColumns {
  const { contexts, logging, target, worth, model, written = logging } = bandit;
  const columns = {
    probabilities: new Float64Array(n),
    propensities: new Float64Array(n),
    rewards: new Float64Array(n),
    logged: new Float64Array(n),
    own: new Float64Array(n),
  };
  for (let i = 0; i < n; i++) {
    const x = pick(contexts, uniform());
    const a = pick(logging[x], uniform());
    columns.probabilities[i] = target[x][a];
    columns.propensities[i] = written[x][a];
    columns.rewards[i] = Number(uniform() < worth[x][a]);
    columns.logged[i] = model[x][a];
    columns.own[i] = dot(target[x], model[x]);
  }
  return columns;
}

/** A chain of decisions: from each state each action earns 1 by chance, moves by chance, and may end it. */
export interface Chain {
  readonly horizon: number;
  /** [states][actions] */
  readonly logging: Table;
  readonly target: Table;
  readonly worth: Table;
  /** [states][actions] probability of going to state 1, else 0. */
  readonly moves: Table;
  /** Probability that a step is the last, at any. */
  readonly ends: number;
  /** How wrong the model of values is: 0 is right. */
  readonly error: number;
}

/** Exact action values of the target policy with `left` steps to go, `[states][actions]`. */
export function chainValues(chain: Chain, left: number): number[][] {
  const next = left <= 1 ? [0, 0] : chainValues(chain, left - 1).map((row, x) => dot(row, chain.target[x]));
  return chain.worth.map((row, x) =>
    row.map((earned, a) => {
      const one = chain.moves[x][a];
      return earned + (1 - chain.ends) * (one * next[1] + (1 - one) * next[0]);
    })
  );
}

/** What the target policy earns from state 0. */
export function chainValue(chain: Chain): number {
  return dot(chainValues(chain, chain.horizon)[0], chain.target[0]);
}

/** A log of `n` episodes. */
export function chainLog(chain: Chain, n: number, uniform: () => number): TrajectoryModelColumns {
  const rows: { pi: number; mu: number; r: number; q: number; v: number }[] = [];
  const values = Array.from({ length: chain.horizon + 1 }, (_, left) => left === 0 ? [] : chainValues(chain, left));
  const lengths = Uint32Array.from({ length: n }, () => {
    for (let x = 0, t = 0;; t++) {
      const a = pick(chain.logging[x], uniform());
      const q = values[chain.horizon - t][x].map((value, action) => value + chain.error * (action === 0 ? 1 : -0.5));
      rows.push({
        pi: chain.target[x][a],
        mu: chain.logging[x][a],
        r: Number(uniform() < chain.worth[x][a]),
        q: q[a],
        v: dot(q, chain.target[x]),
      });
      const ended = uniform() < chain.ends;
      x = Number(uniform() < chain.moves[x][a]);
      if (ended || t + 1 === chain.horizon) return t + 1;
    }
  });
  return {
    probabilities: Float64Array.from(rows, ({ pi }) => pi),
    propensities: Float64Array.from(rows, ({ mu }) => mu),
    rewards: Float64Array.from(rows, ({ r }) => r),
    logged: Float64Array.from(rows, ({ q }) => q),
    own: Float64Array.from(rows, ({ v }) => v),
    lengths,
  };
}

/** How often the truth lies within bounds that were made of seeded logs. */
export function coverageOf<Log, Name extends string>(
  kernels: Kernels,
  runs: number,
  truth: number,
  draw: (uniform: () => number) => Log,
  estimators: Readonly<Record<Name, (log: Log) => MeanBounds>>,
): Record<Name, { covered: number; width: number; bias: number }> {
  const names = Object.keys(estimators) as Name[];
  const found = Object.fromEntries(names.map((name) => [name, { covered: 0, width: 0, bias: 0 }])) as Record<
    Name,
    { covered: number; width: number; bias: number }
  >;
  for (let seed = 0; seed < runs; seed++) {
    const log = draw(randomStream(kernels, seed, 77));
    for (const name of names) {
      const { mean, lower, upper } = estimators[name](log);
      found[name].covered += Number(lower <= truth && truth <= upper) / runs;
      found[name].width += (upper - lower) / runs;
      found[name].bias += (mean - truth) / runs;
    }
  }
  return found;
}

function pick(probabilities: readonly number[], uniform: number): number {
  let rest = uniform;
  return Math.max(0, probabilities.findIndex((p) => (rest -= p) < 0));
}

/** The bandit in which all assumptions hold: no weight above 5, every action logged. */
export const BANDIT: Bandit = {
  contexts: [0.4, 0.6],
  logging: [[0.5, 0.3, 0.2], [0.2, 0.2, 0.6]],
  target: [[0.1, 0.6, 0.3], [0.25, 0.5, 0.25]],
  worth: [[0.2, 0.7, 0.5], [0.6, 0.3, 0.7]],
  model: [[0.5, 0.4, 0.1], [0.9, 0.5, 0.2]],
};

/** The chain in which they do. */
export const CHAIN: Chain = {
  horizon: 3,
  logging: [[0.5, 0.5], [0.4, 0.6]],
  target: [[0.3, 0.7], [0.6, 0.4]],
  worth: [[0.2, 0.6], [0.5, 0.8]],
  moves: [[0.3, 0.6], [0.5, 0.7]],
  ends: 0.2,
  error: 0.3,
};
