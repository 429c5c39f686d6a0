import { createRegressionOracle, type RegressionOracleOptions, type RegressionRound } from "./regression_oracle.ts";

/** Settings of {@link createBaggedOracle}. */
export interface BaggedOracleOptions extends RegressionOracleOptions {
  /** Number of models. */
  readonly bags: number;
  /** Uniforms in [0, 1): `randomStream(kernels, seed, stream)`, so that learning can be repeated. */
  readonly uniform: () => number;
}

/** Several regressions that each saw another resample of the rounds. */
export interface BaggedOracle {
  /** [actions] mean of the models' estimates. */
  predict(context: ArrayLike<number>): Float64Array;
  /**
   * [bags × actions] each model's estimates: the `draws` of `explorationProbabilities` with the kind `thompson`, which gives
   * each action the share of models that like it best.
   */
  draws(context: ArrayLike<number>): Float32Array;
  /** Every model learns the round as often as its bootstrap drew it: 0, 1, 2, … times. */
  learn(round: RegressionRound): void;
}

/**
 * Bootstrapped bags: models that learned from different resamples disagree where little is known, and that is explored.
 *
 * ```text
 * each model learns each round k times, k ~ Poisson(1)        p_a = share of models in which a is best
 * ```
 *
 * Poisson(1) is the limit of drawing n rounds with replacement, and needs no memory of them.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `context` | `[features]` | any | what is seen |
 *
 * @throws {RangeError} If `bags` is no whole number of at least 1, or as {@link createRegressionOracle}.
 * @see Bietti, Agarwal & Langford, arXiv 1802.04064, section 3 (bagging); Oza & Russell (2001), "Online bagging and boosting", section 2.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createBaggedOracle } from "@eddy/eddy";
 * const options = { actions: 2, features: 1, learningRate: 0.5, loss: "squared" } as const;
 * const bags = createBaggedOracle({ ...options, bags: 2, uniform: () => 0.5 });
 * bags.learn({ context: [1], action: 0, reward: 1 }); // a uniform of 0.5 is one draw of Poisson(1)
 * assert.deepEqual([...bags.draws([1])], [0.5, 0, 0.5, 0]);
 * ```
 */
export function createBaggedOracle({ bags, uniform, ...options }: BaggedOracleOptions): BaggedOracle {
  if (!(Number.isInteger(bags) && bags >= 1)) {
    throw new RangeError(`Cannot bag: the number of models is ${bags}, expected a whole number of at least 1`);
  }
  const models = Array.from({ length: bags }, () => createRegressionOracle(options));
  return {
    predict(context): Float64Array {
      const mean = new Float64Array(options.actions);
      for (const model of models) model.predict(context).forEach((value, action) => mean[action] += value / bags);
      return mean;
    },
    draws(context): Float32Array {
      const draws = new Float32Array(bags * options.actions);
      models.forEach((model, bag) => draws.set(model.predict(context), bag * options.actions));
      return draws;
    },
    learn(round): void {
      for (const model of models) {
        for (let times = poisson(uniform()); times > 0; times--) model.learn(round);
      }
    },
  };
}

/** The Poisson(1) number that a uniform picks. */
function poisson(uniform: number): number {
  let [k, probability, sum] = [0, Math.exp(-1), Math.exp(-1)];
  while (uniform >= sum && k < 20) sum += probability /= ++k;
  return k;
}
