import type { Kernels } from "../kernels/mod.ts";
import type { Exploration } from "./exploration.ts";

/** What the probabilities depend on beside the scores. */
export interface ExplorationState {
  /** Decisions so far: inverse-gap weighting narrows with it. */
  readonly t: number;
  /** [draws × candidates] scores drawn from the model's posterior (`RewardModel.draws`): Thompson sampling needs them. */
  readonly draws?: Float32Array;
}

/**
 * Exact probabilities with which each candidate is to be chosen.
 *
 * ```text
 * greedy          p_b = 1                                          b the best, the first of equals; K candidates
 * epsilon-greedy  p_a = ε/K,  p_b = 1 − ε + ε/K
 * softmax         p_a ∝ exp(s_a / temperature)
 * inverse-gap     p_a = max(1 / (K + γ_t (s_b − s_a)), floor),  γ_t = scale · min(t, window)^exponent,  rest to b
 * thompson        p_a = share of draws in which a is best
 * ```
 *
 * With more than `top + extra` candidates, inverse-gap weighting stands for: take the best `top`, and `extra` of the others
 * with equal chances, and weigh these `K = top + extra`. The probabilities are those of the whole procedure: of the others,
 * each has `extra / others` of what it has inside. Nothing is drawn, so they are propensities as they stand.
 *
 * @param scores [candidates] higher is better; for inverse-gap weighting estimated rewards in [0, 1].
 * @returns [candidates] probabilities; they add up to 1 within 1e-6.
 * @throws {RangeError} If there are no scores, one is not finite, or a knob is outside of what it may be.
 * @throws {TypeError} If Thompson sampling is given no draws.
 * @see Foster and Rakhlin 2020, arXiv 2002.04926, algorithm 1 (inverse-gap weighting).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { explorationProbabilities, loadKernels } from "@eddy/eddy";
 * const scores = Float32Array.of(0.5, 1);
 * const exploration = { kind: "inverse-gap", scale: 4, exponent: 0 } as const;
 * const probabilities = explorationProbabilities(await loadKernels(), scores, exploration, { t: 1 });
 * assert.deepEqual([...probabilities], [0.25, 0.75]); // 1 / (2 + 4 · 0.5)
 * ```
 */
export function explorationProbabilities(
  kernels: Kernels,
  scores: Float32Array,
  exploration: Exploration,
  { t, draws }: ExplorationState,
): Float32Array {
  if (scores.length === 0) throw new RangeError("Cannot explore: there are no candidates");
  finite("score", scores);
  switch (exploration.kind) {
    case "greedy":
      return kernels.epsilonGreedy(scores, 0);
    case "epsilon-greedy":
      return kernels.epsilonGreedy(scores, between("epsilon", exploration.epsilon, 0, 1));
    case "softmax":
      return kernels.softmaxExploration(scores, positive("temperature", exploration.temperature, Infinity));
    case "inverse-gap": {
      const { scale = 10, exponent = 0.5, window = 20_000, top = 32, extra = 4, floor = 0.002 } = exploration;
      const steps = Math.min(between("t", t, 0, Infinity), positive("window", window));
      const gamma = between("scale", scale, 0, Number.MAX_VALUE) * steps ** between("exponent", exponent, 0, 8);
      return kernels.inverseGap(
        scores,
        gamma,
        whole("top", top, 1),
        whole("extra", extra, 0),
        between("floor", floor, 0, 1),
      );
    }
    case "thompson": {
      if (!draws) {
        throw new TypeError("Cannot explore by Thompson sampling: the model gives no draws; choose another kind");
      }
      if (draws.length === 0 || draws.length % scores.length !== 0) {
        throw new RangeError(`Cannot explore: ${draws.length} draws are no rows of ${scores.length} candidates`);
      }
      finite("draw", draws);
      return kernels.thompson(draws, scores.length);
    }
  }
}

function finite(what: string, values: Float32Array): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new RangeError(`Cannot explore: ${what} ${at} is ${values[at]}`);
}

function between(name: string, value: number, low: number, high: number): number {
  if (value >= low && value <= high) return value;
  throw new RangeError(`Cannot explore: ${name} must be in [${low}, ${high}], got ${value}`);
}

function positive(name: string, value: number, high = Number.MAX_VALUE): number {
  if (value > 0 && value <= high) return value;
  throw new RangeError(`Cannot explore: ${name} must be positive, got ${value}`);
}

function whole(name: string, value: number, low: number): number {
  if (Number.isInteger(value) && value >= low && value <= 0xffff_ffff) return value;
  throw new RangeError(`Cannot explore: ${name} must be a whole number of at least ${low}, got ${value}`);
}
