/**
 * Gives each token the number of the step that it belongs to.
 *
 * ```text
 * token i gets values[stepOf[i]], and 0 where stepOf[i] is −1
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `values` | `[steps]` | any | for example one advantage a step |
 * | `stepOf` | `[tokens]` | index | of the token's step; −1: observation or padding |
 *
 * Unlike {@link rowsToTokens} tokens between steps belong to none.
 *
 * @returns `[tokens]`.
 * @throws {RangeError} If a token belongs to a step that does not exist.
 * @see own derivation; `test/rl/step_credit_test.ts`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { stepsToTokens } from "@eddy/eddy";
 * deepEqual([...stepsToTokens(Float32Array.of(5, 6), Int32Array.of(0, 0, -1, 1))], [5, 5, 0, 6]);
 * ```
 */
export function stepsToTokens(values: Float32Array, stepOf: Int32Array): Float32Array {
  return Float32Array.from(stepOf, (step, token) => {
    if (step < -1 || step >= values.length) {
      throw new RangeError(`Cannot give token ${token} its step: step ${step} is none of ${values.length}`);
    }
    return step === -1 ? 0 : values[step];
  });
}
