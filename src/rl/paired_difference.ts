import { ShapeError } from "../errors.ts";
import type { OffPolicyEstimate } from "./_logged.ts";

/**
 * Two policies on the same logged steps: [steps] terms of `a` minus terms of `b`. Where both would do the same the
 * difference is 0 whatever the reward was, so its bounds are far tighter than those of either estimate.
 *
 * @returns Values for {@link empiricalBernstein}, {@link bootstrapBounds} or {@link normalBounds}.
 * @throws {ShapeError} If the estimates are over different numbers of steps.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ips, pairedDifference } from "@eddy/eddy";
 * const logged = { propensities: Float64Array.of(0.5, 0.5), rewards: Float64Array.of(1, 0) };
 * const a = ips({ ...logged, probabilities: Float64Array.of(1, 1) });
 * const b = ips({ ...logged, probabilities: Float64Array.of(0, 1) });
 * assert.deepEqual([...pairedDifference(a, b)], [2, 0]);
 * ```
 */
export function pairedDifference(a: OffPolicyEstimate, b: OffPolicyEstimate): Float64Array {
  if (a.terms.length !== b.terms.length) throw new ShapeError("b", a.terms.length, b.terms.length);
  return a.terms.map((term, i) => term - b.terms[i]);
}
