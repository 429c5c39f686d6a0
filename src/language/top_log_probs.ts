import type { Kernels } from "../kernels/mod.ts";

/** One of the most likely tokens. */
export interface LikelyToken {
  /** Its id. */
  readonly token: number;
  /** Its log-probability under the whole row at temperature 1. Nats. */
  readonly logProb: number;
}

/**
 * The most likely tokens of a row, the most likely first, of equals the lower id; fewer where the row has fewer that can
 * be drawn.
 *
 * @throws {RangeError} If `count` is not a whole number of at least 0.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { loadKernels, topLogProbs } from "@eddy/eddy";
 * const likely = topLogProbs(await loadKernels(), Float32Array.of(0, 2, 1), 2);
 * deepEqual(likely.map(({ token }) => token), [1, 2]);
 * ```
 */
export function topLogProbs(kernels: Kernels, logits: Float32Array, count: number): LikelyToken[] {
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`Cannot list tokens: count is ${count}, expected a whole number of at least 0`);
  }
  const columns = kernels.topLogProbs(logits, Math.min(count, logits.length));
  const found = columns.length / 2;
  const logProbs = new Float32Array(columns.buffer, found * 4, found);
  return Array.from(columns.subarray(0, found), (token, index) => ({ token, logProb: logProbs[index] }));
}
