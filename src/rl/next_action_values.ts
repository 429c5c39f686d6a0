import { ShapeError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import { ABSENT, checkLengths } from "./_columns.ts";

/** Columns of {@link nextActionValues}. */
export interface NextActionColumns {
  /** `[n, actions]`, reward: values of the actions in the state that followed, usually of a slow copy. */
  readonly q: Float32Array;
  /** Decisions; the number of actions is what is left of the length of `q`. */
  readonly rows: number;
  /** `[n, actions]`: other values that choose the action (double Q-learning). */
  readonly selector?: Float32Array;
  /** `[n, actions]`: probabilities of a policy that chooses it (expected SARSA); they win over `selector`. */
  readonly probabilities?: Float32Array;
}

/**
 * What the next state is worth by the values of its actions; with `nStepReturns` it becomes the target of a learned value.
 *
 * ```text
 * max_a q_a · q at argmax_a selector_a · Σ_a probability_a·q_a
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `q`, `selector` | `[n, actions]` | reward | values |
 * | `probabilities` | `[n, actions]` | 1 | sum to 1 in each row |
 *
 * @returns `[n]`, reward. At a tie the first action; NaN among the values gives NaN, an action of probability 0 does not matter.
 * @throws {ShapeError} If lengths do not fit.
 * @see Watkins 1989; van Hasselt et al., arXiv 1509.06461, equation 4; Sutton & Barto, equation 6.9.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { loadKernels, nextActionValues } from "@eddy/eddy";
 * const [kernels, q] = [await loadKernels(), Float32Array.of(1, 4)];
 * deepEqual([...nextActionValues(kernels, { q, rows: 1 })], [4]);
 * deepEqual([...nextActionValues(kernels, { q, rows: 1, selector: Float32Array.of(2, 0) })], [1]);
 * deepEqual([...nextActionValues(kernels, { q, rows: 1, probabilities: Float32Array.of(0.5, 0.5) })], [2.5]);
 * ```
 */
export function nextActionValues(kernels: Kernels, columns: NextActionColumns): Float32Array {
  const { q, rows, selector, probabilities } = columns;
  checkLengths(q.length, { selector, probabilities });
  if (rows === 0 ? q.length > 0 : q.length === 0 || q.length % rows !== 0) {
    throw new ShapeError("q", `a multiple of ${rows}, at least one action a row`, q.length);
  }
  return kernels.nextActionValues(q, selector ?? ABSENT, probabilities ?? ABSENT, rows);
}
