import { ShapeError } from "../errors.ts";

/** Settings of {@link createExp4}. */
export interface Exp4Options {
  /** Number of experts: policies, or whole learners with their own exploration. */
  readonly experts: number;
  /** Number of actions. */
  readonly actions: number;
  /** η: how fast trust moves. `√(2 ln experts / (rounds · actions))` where the rounds are known. */
  readonly learningRate: number;
  /** Least probability of an action, as a share of 1/actions. Default 0: trust the experts' own exploration. */
  readonly floor?: number;
}

/** What was done after experts advised, and what came of it. */
export interface Exp4Round {
  /** [experts × actions] what was given to `probabilities`. */
  readonly advice: ArrayLike<number>;
  /** What was done: an index. */
  readonly action: number;
  /** In [0, 1]. */
  readonly reward: number;
}

/** Trust in experts, moved by what was earned. */
export interface Exp4 {
  /** [experts] trust; adds up to 1. */
  weights(): Float64Array;
  /** [actions] exact propensities of acting on the experts' advice. @param advice [experts × actions] each row adds up to 1. */
  probabilities(advice: ArrayLike<number>): Float64Array;
  /** Moves the trust. */
  learn(round: Exp4Round): void;
}

/**
 * Exp4: chooses among policies (each with an exploration of its own) while they act, and follows the best of them.
 *
 * ```text
 * p_a = (1 − floor) Σ_e w_e ξ_e(a) + floor/K        ℓ̂(a) = [a = chosen] (1 − r)/p_a        w_e ← w_e exp(−η Σ_a ξ_e(a) ℓ̂(a))
 * ```
 *
 * Losses, not gains, so that no floor is needed for the regret bound √(2 T K ln experts). Trust is kept in logarithms: it
 * never overflows and an expert that was wrong for long can come back.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `advice` ξ | `[experts × actions]` | 1 | each expert's probabilities |
 * | `reward` r | | 1 | in [0, 1] |
 *
 * @throws {RangeError} If a setting is out of range. Its methods: {ShapeError} If the advice has another shape; {RangeError} If
 * a row of it does not add up to 1 (within 1e-3), a reward is not in [0, 1], or the action cannot have been chosen.
 * @see Bubeck & Cesa-Bianchi, arXiv 1204.5721, section 4.2 and theorem 4.2; Auer et al. (2002), "The nonstochastic multiarmed
 * bandit problem", section 7.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createExp4 } from "@eddy/eddy";
 * const choice = createExp4({ experts: 2, actions: 2, learningRate: 1 });
 * const advice = [1, 0, 0, 1]; // the first would do 0, the second 1
 * assert.deepEqual([...choice.probabilities(advice)], [0.5, 0.5]);
 * choice.learn({ advice, action: 1, reward: 0 }); // a loss of 1/0.5 for the second
 * const [first, second] = choice.weights();
 * assert.ok(Math.abs(second / first - Math.exp(-2)) < 1e-12);
 * ```
 */
export function createExp4({ experts, actions, learningRate, floor = 0 }: Exp4Options): Exp4 {
  for (const [name, value] of Object.entries({ experts, actions })) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`Cannot choose: '${name}' must be a whole number of at least 1, got ${value}`);
    }
  }
  if (!(learningRate >= 0)) throw new RangeError(`Cannot choose: 'learningRate' is ${learningRate}`);
  if (!(floor >= 0 && floor <= 1)) throw new RangeError(`Cannot choose: 'floor' is ${floor}, expected [0, 1]`);
  const logWeights = new Float64Array(experts);
  const weights = (): Float64Array => {
    const most = logWeights.reduce((a, b) => Math.max(a, b), -Infinity);
    const shares = logWeights.map((weight) => Math.exp(weight - most));
    const sum = shares.reduce((total, share) => total + share, 0);
    return shares.map((share) => share / sum);
  };
  const probabilities = (advice: ArrayLike<number>): Float64Array => {
    checkAdvice(advice, experts, actions);
    const mixed = new Float64Array(actions).fill(floor / actions);
    weights().forEach((weight, expert) => {
      for (let a = 0; a < actions; a++) mixed[a] += (1 - floor) * weight * advice[expert * actions + a];
    });
    return mixed;
  };
  return {
    weights,
    probabilities,
    learn({ advice, action, reward }): void {
      if (!(reward >= 0 && reward <= 1)) throw new RangeError(`Cannot learn: the reward is ${reward}, expected [0, 1]`);
      const chosen = probabilities(advice)[action];
      if (!(chosen > 0)) throw new RangeError(`Cannot learn: action ${action} cannot have been chosen`);
      for (let expert = 0; expert < experts; expert++) {
        logWeights[expert] -= learningRate * advice[expert * actions + action] * (1 - reward) / chosen;
      }
      const most = logWeights.reduce((a, b) => Math.max(a, b), -Infinity);
      logWeights.forEach((weight, expert) => logWeights[expert] = weight - most);
    },
  };
}

function checkAdvice(advice: ArrayLike<number>, experts: number, actions: number): void {
  if (advice.length !== experts * actions) throw new ShapeError("advice", experts * actions, advice.length);
  for (let expert = 0; expert < experts; expert++) {
    let sum = 0;
    for (let a = 0; a < actions; a++) {
      const probability = advice[expert * actions + a];
      sum += probability >= 0 ? probability : NaN;
    }
    if (!(Math.abs(sum - 1) <= 1e-3)) {
      throw new RangeError(`Cannot use the advice of expert ${expert}: it adds up to ${sum}`);
    }
  }
}
