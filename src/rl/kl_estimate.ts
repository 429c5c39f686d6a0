import type { Kernels } from "../kernels/mod.ts";
import { checkLengths } from "./_columns.ts";

/** How KL(policy ‖ reference) is estimated from one token; a `+` takes the value of the first and the gradient of k2. */
export type KlEstimator = "k1" | "abs" | "k2" | "k3" | "k3-clamped" | "k1+" | "k3+";

/** Estimates and their derivatives. */
export interface KlEstimate {
  /** `[tokens]`, nats. */
  readonly values: Float32Array;
  /** `[tokens]`: derivative of each value by its `logProb`. */
  readonly dLogProbs: Float32Array;
}

const CODES: Record<KlEstimator, number> = {
  "k1": 0,
  "abs": 1,
  "k2": 2,
  "k3": 3,
  "k3-clamped": 4,
  "k1+": 5,
  "k3+": 6,
};

/**
 * One estimate a token of how far the policy is from a reference.
 *
 * ```text
 * d = logProb − referenceLogProb
 * k1 = d      abs = |d|      k2 = d²/2      k3 = e^−d + d − 1      k3-clamped: exponent to ±20, value to ±10
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs`, `referenceLogProbs` | `[tokens]` | nats | the taken token |
 *
 * @returns Values and derivatives, both `[tokens]`, 0 where the mask is 0.
 * @throws {ShapeError} If lengths differ.
 * @see Schulman, "Approximating KL divergence" (2020); the straight-through forms: arXiv 2506.09477.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { klEstimate, loadKernels } from "@eddy/eddy";
 * const columns = { logProbs: Float32Array.of(-1), referenceLogProbs: Float32Array.of(-3) };
 * equal(klEstimate(await loadKernels(), columns, { estimator: "k2" }).values[0], 2);
 * ```
 */
export function klEstimate(
  kernels: Kernels,
  columns: { readonly logProbs: Float32Array; readonly referenceLogProbs: Float32Array; readonly mask?: Uint8Array },
  options: { readonly estimator: KlEstimator },
): KlEstimate {
  const { logProbs, referenceLogProbs } = columns;
  const mask = columns.mask ?? new Uint8Array(logProbs.length).fill(1);
  checkLengths(logProbs.length, { referenceLogProbs, mask });
  const values = new Float32Array(logProbs.length);
  const dLogProbs = new Float32Array(logProbs.length);
  kernels.klEstimate(logProbs, referenceLogProbs, mask, CODES[options.estimator], values, dLogProbs);
  return { values, dLogProbs };
}
