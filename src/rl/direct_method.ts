import { mean, type OffPolicyEstimate } from "./_logged.ts";

/**
 * Direct method: what a model of the rewards expects a policy to earn. As good as the model, and as wrong.
 *
 * ```text
 * 1/n Σ q(x, π)        q(x, π) = Σ_a π(a|x) q(x, a)
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `own` q(x, π) | `[steps]` | reward | what the model expects of the policy |
 *
 * Its terms know the contexts' variance and nothing of the model's error: bounds made of them hold only if the model is right.
 *
 * @returns Without weights: `effectiveSamples` is the number of steps.
 * @see Dudík et al., arXiv 1103.4601, section 2.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { directMethod } from "@eddy/eddy";
 * assert.equal(directMethod(Float64Array.of(0.25, 0.75)).estimate, 0.5);
 * ```
 */
export function directMethod(own: Float64Array): OffPolicyEstimate {
  return {
    estimate: mean(own),
    terms: own.slice(),
    effectiveSamples: own.length,
    weights: new Float64Array(0),
    clippedShare: 0,
  };
}
