import { ShapeError } from "../errors.ts";
import { normalQuantile } from "./normal_quantile.ts";
import type { RegressionRound } from "./regression_oracle.ts";

/** Settings of {@link createLinearBandit}. */
export interface LinearBanditOptions {
  /** Number of actions. */
  readonly actions: number;
  /** Length of a context. */
  readonly features: number;
  /** λ: how strongly coefficients are held at 0. Default 1. */
  readonly ridge?: number;
}

/** One ridge regression of the reward for each action, with its uncertainty. */
export interface LinearBandit {
  /** [features] β of an action. */
  coefficients(action: number): Float64Array;
  /** [features × features] A⁻¹ of an action, symmetric: the covariance of β for rewards of unit variance. */
  covariance(action: number): Float64Array;
  /** [actions] estimated reward. */
  means(context: ArrayLike<number>): Float64Array;
  /** [actions] optimistic reward (LinUCB). @param alpha Width in deviations. */
  upperBounds(context: ArrayLike<number>, alpha: number): Float64Array;
  /**
   * [actions] reward under coefficients drawn from the posterior (LinTS).
   * @param normals [actions × features] standard normal numbers. @param alpha Scale of the deviation.
   */
  samples(context: ArrayLike<number>, normals: ArrayLike<number>, alpha: number): Float64Array;
  /**
   * [draws × actions] samples: the `draws` of `explorationProbabilities` with the kind `thompson`, which makes exact
   * propensities of them. @param uniform In [0, 1), such as `randomStream` gives.
   */
  draws(context: ArrayLike<number>, count: number, alpha: number, uniform: () => number): Float32Array;
  /** Takes an outcome in. */
  learn(round: Omit<RegressionRound, "probability">): void;
}

/**
 * Linear contextual bandit with one model an action: optimism (LinUCB) and posterior sampling (LinTS) over dense contexts.
 *
 * ```text
 * A = λI + Σ x xᵀ        b = Σ r x        β = A⁻¹ b
 * mean = x·β             upper bound = x·β + α√(xᵀ A⁻¹ x)              sample = x·(β + α L z),  A⁻¹ = L Lᵀ, L lower
 * learn: A⁻¹ ← A⁻¹ − (A⁻¹x)(A⁻¹x)ᵀ / (1 + xᵀA⁻¹x)                      (Sherman–Morrison)
 * ```
 *
 * An action that was never played has β = 0 and A⁻¹ = I/λ. Ties go to the first action of {@link explorationProbabilities}.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `context` x | `[features]` | any | what is seen |
 * | `normals` z | `[actions × features]` | 1 | standard normal |
 * | `alpha` α | | 1 | how much uncertainty is worth |
 *
 * @throws {RangeError} If a size or λ is no positive number. Its methods: {ShapeError} If a context or the normals have
 * another length, {RangeError} If an action does not exist or a number that is learned is not finite.
 * @see Li et al., arXiv 1003.0146, algorithm 1; Agrawal & Goyal, arXiv 1209.3352, algorithm 1 (one model an action).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createLinearBandit } from "@eddy/eddy";
 * const bandit = createLinearBandit({ actions: 2, features: 1 });
 * bandit.learn({ context: [1], action: 0, reward: 1 }); // A = 1 + 1, b = 1
 * assert.deepEqual([...bandit.means([1])], [0.5, 0]);
 * assert.deepEqual([...bandit.upperBounds([1], 1)], [0.5 + Math.sqrt(0.5), 1]); // what was never played is worth a try
 * ```
 */
export function createLinearBandit({ actions, features, ridge = 1 }: LinearBanditOptions): LinearBandit {
  for (const [name, value] of Object.entries({ actions, features, ridge })) {
    if (!(value > 0)) throw new RangeError(`Cannot make a bandit: '${name}' must be positive, got ${value}`);
  }
  const models = Array.from({ length: actions }, () => newModel(features, ridge));
  const checked = (context: ArrayLike<number>): ArrayLike<number> => {
    if (context.length !== features) throw new ShapeError("context", features, context.length);
    return context;
  };
  const modelOf = (action: number): Model => {
    if (models[action]) return models[action];
    throw new RangeError(`Cannot use action ${action}: it is none of ${actions}`);
  };
  const scores = (score: (model: Model, action: number) => number): Float64Array => Float64Array.from(models, score);
  const samples: LinearBandit["samples"] = (context, normals, alpha) => {
    if (normals.length !== actions * features) throw new ShapeError("normals", actions * features, normals.length);
    checked(context);
    return scores((model, action) => {
      const factor = model.factor ??= cholesky(model.inverse, features);
      let sum = dot(context, model.beta);
      for (let i = 0; i < features; i++) {
        for (let j = 0; j <= i; j++) {
          sum += alpha * context[i] * factor[i * features + j] * normals[action * features + j];
        }
      }
      return sum;
    });
  };
  return {
    coefficients: (action) => modelOf(action).beta.slice(),
    covariance: (action) => modelOf(action).inverse.slice(),
    means: (context) => scores(({ beta }) => dot(checked(context), beta)),
    upperBounds: (context, alpha) =>
      scores(({ beta, inverse }) => {
        const spread = dot(checked(context), product(inverse, context));
        return dot(context, beta) + alpha * Math.sqrt(Math.max(0, spread));
      }),
    samples,
    draws(context, count, alpha, uniform): Float32Array {
      const out = new Float32Array(count * actions);
      const normal = (): number => normalQuantile(Math.max(uniform(), 2 ** -33));
      for (let draw = 0; draw < count; draw++) {
        out.set(samples(context, Float64Array.from({ length: actions * features }, normal), alpha), draw * actions);
      }
      return out;
    },
    learn({ context, action, reward }): void {
      const model = modelOf(action);
      if (![reward, ...Array.from(checked(context))].every(Number.isFinite)) {
        throw new RangeError(`Cannot learn: the reward or the context of action ${action} is not finite`);
      }
      learn(model, context, reward);
    },
  };
}

interface Model {
  /** A⁻¹ */
  readonly inverse: Float64Array;
  readonly rewards: Float64Array;
  beta: Float64Array;
  /** L, made when it is needed. */
  factor?: Float64Array;
}

function newModel(features: number, ridge: number): Model {
  const inverse = new Float64Array(features * features);
  for (let i = 0; i < features; i++) inverse[i * features + i] = 1 / ridge;
  return { inverse, rewards: new Float64Array(features), beta: new Float64Array(features) };
}

function learn(model: Model, context: ArrayLike<number>, reward: number): void {
  const { inverse, rewards } = model;
  const features = rewards.length;
  const gain = product(inverse, context);
  const divisor = 1 + dot(context, gain);
  for (let i = 0; i < features; i++) {
    rewards[i] += reward * context[i];
    for (let j = 0; j < features; j++) inverse[i * features + j] -= gain[i] * gain[j] / divisor;
  }
  model.beta = product(inverse, rewards);
  model.factor = undefined;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Square matrix times vector. */
function product(matrix: Float64Array, x: ArrayLike<number>): Float64Array {
  const n = x.length;
  return Float64Array.from({ length: n }, (_, i) => dot(matrix.subarray(i * n, (i + 1) * n), x));
}

/** L lower with L Lᵀ = the matrix; a pivot that rounding made negative is 0. */
function cholesky(matrix: Float64Array, n: number): Float64Array {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i * n + j];
      for (let k = 0; k < j; k++) rest -= factor[i * n + k] * factor[j * n + k];
      const pivot = factor[j * n + j];
      factor[i * n + j] = i === j ? Math.sqrt(Math.max(0, rest)) : pivot === 0 ? 0 : rest / pivot;
    }
  }
  return factor;
}
