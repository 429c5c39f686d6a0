import { ShapeError } from "../errors.ts";

/** What is regressed on, and how. */
export interface RegressionOracleOptions {
  /** Number of actions. */
  readonly actions: number;
  /** Length of a context. */
  readonly features: number;
  /** `logistic` for rewards in [0, 1], `squared` for any. Default `logistic`. */
  readonly loss?: "logistic" | "squared";
  /** Default `sgd`. */
  readonly optimizer?: "sgd" | "adagrad";
  /** η. */
  readonly learningRate: number;
  /** Largest importance weight; 1, the default, learns every round alike. */
  readonly weightCap?: number;
}

/** What was done in a context, and what came of it. */
export interface RegressionRound {
  /** [features] */
  readonly context: ArrayLike<number>;
  /** What was done: an index. */
  readonly action: number;
  /** What it was worth. */
  readonly reward: number;
  /** Probability with which it was chosen. Only needed where `weightCap` is above 1. */
  readonly probability?: number;
}

/** One linear model of the reward for each action, learned from the chosen actions alone. */
export interface RegressionOracle {
  /** [actions × features] row after row. */
  readonly weights: Float64Array;
  /** [actions] estimated reward of each action. */
  predict(context: ArrayLike<number>): Float64Array;
  /** One step of the chosen action's model. */
  learn(round: RegressionRound): void;
}

/**
 * The regression that contextual bandits such as inverse-gap weighting stand on, over dense contexts.
 *
 * ```text
 * p = σ(w_a·x)  or  w_a·x          g = iw · (p − r) · x          iw = min(1 / probability, weightCap)
 * sgd: w_a ← w_a − η g             adagrad: G_a ← G_a + g²,  w_a ← w_a − η g / (√G_a + 1e-8)
 * ```
 *
 * @throws {RangeError} If a size or a rate is no positive number. Its methods: {ShapeError} If a context has another length,
 * {RangeError} If an action does not exist or a probability that is needed is not in (0, 1].
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createRegressionOracle } from "@eddy/eddy";
 * const oracle = createRegressionOracle({ actions: 2, features: 1, learningRate: 1 });
 * oracle.learn({ context: [2], action: 1, reward: 1 }); // p = 1/2, so w = 0 + 1 · 1/2 · 2
 * assert.deepEqual([...oracle.weights], [0, 1]);
 * ```
 */
export function createRegressionOracle(options: RegressionOracleOptions): RegressionOracle {
  const { actions, features, loss = "logistic", optimizer = "sgd", learningRate, weightCap = 1 } = options;
  for (const [name, value] of Object.entries({ actions, features, learningRate, weightCap })) {
    if (!(value > 0)) throw new RangeError(`Cannot regress: '${name}' must be positive, got ${value}`);
  }
  const weights = new Float64Array(actions * features);
  const squares = new Float64Array(optimizer === "adagrad" ? weights.length : 0);
  const value = (context: ArrayLike<number>, action: number): number => {
    let sum = 0;
    for (let f = 0; f < features; f++) sum += weights[action * features + f] * context[f];
    return loss === "logistic" ? 1 / (1 + Math.exp(-sum)) : sum;
  };
  const check = (context: ArrayLike<number>): void => {
    if (context.length !== features) throw new ShapeError("context", features, context.length);
  };
  return {
    weights,
    predict(context): Float64Array {
      check(context);
      return Float64Array.from({ length: actions }, (_, action) => value(context, action));
    },
    learn({ context, action, reward, probability }): void {
      check(context);
      if (!Number.isInteger(action) || action < 0 || action >= actions) {
        throw new RangeError(`Cannot learn: action ${action} is none of ${actions}`);
      }
      const error = importance(probability, weightCap) * (value(context, action) - reward);
      for (let f = 0; f < features; f++) {
        const at = action * features + f;
        const gradient = error * context[f];
        if (optimizer === "adagrad") squares[at] += gradient ** 2;
        weights[at] -= learningRate * gradient / (optimizer === "adagrad" ? Math.sqrt(squares[at]) + 1e-8 : 1);
      }
    },
  };
}

/** min(1 / probability, cap). */
function importance(probability: number | undefined, cap: number): number {
  if (cap === 1) return 1;
  if (probability !== undefined && probability > 0 && probability <= 1) return Math.min(1 / probability, cap);
  throw new RangeError(`Cannot learn: a weight needs a probability in (0, 1], got ${probability}`);
}
