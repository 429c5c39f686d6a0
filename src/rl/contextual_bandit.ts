import type { Kernels } from "../kernels/mod.ts";
import { createBaggedOracle } from "./bagged_oracle.ts";
import { createExp4 } from "./exp4.ts";
import type { Exploration } from "./exploration.ts";
import { explorationProbabilities } from "./exploration_probabilities.ts";
import { createLinearBandit } from "./linear_bandit.ts";

/** How a contextual bandit explores. */
export type BanditKind =
  | Exclude<Exploration, { kind: "thompson" }>
  /** The largest upper bound; `alpha` deviations wide. */
  | { readonly kind: "linucb"; readonly alpha: number }
  /** Best under coefficients drawn from the posterior. `draws` give the propensities: default 16. */
  | { readonly kind: "lints"; readonly alpha: number; readonly draws?: number }
  /** Best under a logistic regression of one of `bags` bootstrap resamples. */
  | { readonly kind: "bags"; readonly bags: number; readonly learningRate: number }
  /** Follows whichever of others earns most. `floor` as in `createExp4`: default 0.01. */
  | {
    readonly kind: "exp4";
    readonly experts: readonly BanditKind[];
    readonly learningRate: number;
    readonly floor?: number;
  };

/** Sizes of {@link createContextualBandit}, and its luck. */
export interface ContextualBanditOptions {
  /** Number of actions. */
  readonly actions: number;
  /** Length of a context. */
  readonly features: number;
  /** Uniforms in [0, 1): `randomStream(kernels, seed, stream)`. Posterior draws and resamples use it. */
  readonly uniform: () => number;
}

/** Chooses among actions, and learns of the one that was taken. */
export interface ContextualBandit {
  /** [actions] exact propensities; they add up to 1. @param context [features] */
  probabilities(context: ArrayLike<number>): Float32Array;
  /** Takes the outcome of the last context in. @param action What was done: an index. @param reward In [0, 1]. */
  learn(action: number, reward: number): void;
}

/**
 * Any of the usual contextual bandits behind one interface, over dense contexts.
 *
 * ```text
 * greedy, epsilon-greedy, softmax, inverse-gap   ridge regression of each action's reward, explored as `Exploration` says
 * linucb                                         x·β + α √(xᵀ A⁻¹ x), the largest
 * lints                                          x·(β + α L z), the largest of a draw
 * bags                                           the largest of a model that is drawn among bootstrap resamples
 * exp4                                           p = Σ_e w_e ξ_e over experts of any kind, each of which learns every outcome
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `context` x | `[features]` | any | what is seen; put a 1 in front for an intercept |
 *
 * @throws {RangeError} If a size or a knob is out of range. Its methods: {ShapeError} If a context has another length;
 * {Error} If something is learned before anything was chosen.
 * @see Bietti, Agarwal & Langford, arXiv 1802.04064; Li et al., arXiv 1003.0146; Agrawal & Goyal, arXiv 1209.3352.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createContextualBandit, loadKernels } from "@eddy/eddy";
 * const options = { actions: 2, features: 1, uniform: () => 0.5 };
 * const bandit = createContextualBandit(await loadKernels(), { kind: "linucb", alpha: 1 }, options);
 * assert.deepEqual([...bandit.probabilities([1])], [1, 0]); // equals: the first
 * bandit.learn(0, 0);
 * assert.deepEqual([...bandit.probabilities([1])], [0, 1]); // what was never played is worth a try
 * ```
 */
export function createContextualBandit(
  kernels: Kernels,
  kind: BanditKind,
  options: ContextualBanditOptions,
): ContextualBandit {
  const { choose, learn } = learnerOf(kernels, kind, options);
  let [seen, rounds]: [ArrayLike<number> | undefined, number] = [undefined, 0];
  return {
    probabilities(context): Float32Array {
      const probabilities = choose(context, rounds + 1);
      seen = context;
      return probabilities;
    },
    learn(action, reward): void {
      if (!seen) throw new Error("Cannot learn: nothing was chosen yet; ask for the probabilities first");
      learn({ context: seen, action, reward });
      rounds++;
    },
  };
}

interface Learner {
  readonly choose: (context: ArrayLike<number>, t: number) => Float32Array;
  readonly learn: (outcome: { context: ArrayLike<number>; action: number; reward: number }) => void;
}

function learnerOf(kernels: Kernels, kind: BanditKind, options: ContextualBanditOptions): Learner {
  switch (kind.kind) {
    case "bags": {
      const oracle = createBaggedOracle({ ...options, ...kind, optimizer: "adagrad" });
      const choose = (context: ArrayLike<number>, t: number): Float32Array => {
        const [scores, draws] = [Float32Array.from(oracle.predict(context)), oracle.draws(context)];
        return explorationProbabilities(kernels, scores, { kind: "thompson" }, { t, draws });
      };
      return { choose, learn: oracle.learn };
    }
    case "exp4": {
      const experts = kind.experts.map((expert) => learnerOf(kernels, expert, options));
      const { actions } = options;
      const trust = createExp4({ floor: 0.01, ...kind, experts: experts.length, actions });
      let advice: number[] = [];
      const choose = (context: ArrayLike<number>, t: number): Float32Array => {
        advice = experts.flatMap((expert) => [...expert.choose(context, t)]);
        return Float32Array.from(trust.probabilities(advice));
      };
      const learn: Learner["learn"] = (outcome) => {
        trust.learn({ advice, ...outcome });
        for (const expert of experts) expert.learn(outcome);
      };
      return { choose, learn };
    }
    default:
      return ridgeLearner(kernels, kind, options);
  }
}

function ridgeLearner(
  kernels: Kernels,
  kind: Exclude<BanditKind, { kind: "bags" | "exp4" }>,
  { actions, features, uniform }: ContextualBanditOptions,
): Learner {
  const bandit = createLinearBandit({ actions, features });
  const choose = (context: ArrayLike<number>, t: number): Float32Array => {
    if (kind.kind === "linucb") {
      const scores = Float32Array.from(bandit.upperBounds(context, kind.alpha));
      return explorationProbabilities(kernels, scores, { kind: "greedy" }, { t });
    }
    const scores = Float32Array.from(bandit.means(context));
    if (kind.kind !== "lints") return explorationProbabilities(kernels, scores, kind, { t });
    const draws = bandit.draws(context, kind.draws ?? 16, kind.alpha, uniform);
    return explorationProbabilities(kernels, scores, { kind: "thompson" }, { t, draws });
  };
  return { choose, learn: bandit.learn };
}
