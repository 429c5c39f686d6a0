import { ShapeError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";

/** Columns of {@link softValues}. */
export interface SoftValueColumns {
  /** `[n, actions]`, nats, unnormalised: the policy. −∞ or very low = not allowed. */
  readonly logits: Float32Array;
  /** `[critics, n, actions]`, reward: one or more critics' values; constants. */
  readonly q: Float32Array;
  /** Decisions; the number of actions is what is left of the length of `logits`. */
  readonly rows: number;
}

/** Soft values and what an actor needs of them. */
export interface SoftValues {
  /** `[n]`, reward. */
  readonly values: Float32Array;
  /** `[n]`, nats. */
  readonly entropies: Float32Array;
  /** `[n, actions]`: derivative of each value by its own logits. */
  readonly dLogits: Float32Array;
}

/**
 * What a state is worth to a policy that is paid for its entropy too: the target of discrete soft actor-critic's critics
 * (from the next state), and, negative, the loss of its actor (from this one).
 *
 * ```text
 * π = softmax(logits)      V = Σ_a π_a·(min_k q_k,a − α·ln π_a)      H = −Σ_a π_a·ln π_a
 * actor loss = −mean V, gradient −dLogits/n      critic target = reward + discount·V'
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logits` | `[n, actions]` | nats | the policy |
 * | `q` | `[critics, n, actions]` | reward | the smallest counts |
 * | `alpha` α | | reward per nat | what entropy is worth |
 *
 * @returns Values, entropies `[n]` and derivatives `[n, actions]`. An action of probability 0 adds nothing; NaN gives NaN.
 * @throws {ShapeError} If lengths do not fit.
 * @see Christodoulou, arXiv 1910.07207, equations 10 and 12.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadKernels, softValues } from "@eddy/eddy";
 * const columns = { logits: Float32Array.of(0, 0), q: Float32Array.of(1, 3, 2, 2), rows: 1 }; // two critics
 * const { values, entropies } = softValues(await loadKernels(), columns, { alpha: 0.5 });
 * equal(entropies[0].toFixed(5), Math.LN2.toFixed(5));
 * equal(values[0].toFixed(5), ((1 + 2) / 2 + 0.5 * Math.LN2).toFixed(5));
 * ```
 */
export function softValues(
  kernels: Kernels,
  columns: SoftValueColumns,
  options: { readonly alpha: number },
): SoftValues {
  const { logits, q, rows } = columns;
  if (rows === 0 ? logits.length > 0 : logits.length % rows !== 0) {
    throw new ShapeError("logits", `a multiple of ${rows}`, logits.length);
  }
  if (logits.length === 0 ? q.length > 0 : q.length === 0 || q.length % logits.length !== 0) {
    throw new ShapeError("q", `a multiple of ${logits.length}, at least one critic`, q.length);
  }
  const values = new Float32Array(rows);
  const entropies = new Float32Array(rows);
  const dLogits = new Float32Array(logits.length);
  kernels.softValues(logits, q, options.alpha, values, entropies, dLogits);
  return { values, entropies, dLogits };
}
