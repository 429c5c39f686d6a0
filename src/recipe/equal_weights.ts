import type { Trajectory } from "../policy/mod.ts";

/**
 * Weights for {@linkcode imitate} that make every trajectory count alike, however many choices it has.
 *
 * ```text
 * weight_i = mean_j n_j / n_i       so that Σ_i weight_i · n_i · (mean over i's tokens) / Σ_j n_j = mean over trajectories
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `n` | `[trajectories]` | tokens | those that there was a choice in |
 *
 * @returns [trajectories] A trajectory without a choice gets 0.
 * @see Own derivation; `equalWeights()` in test/recipe/equal_weights_test.ts compares the loss with the mean of means.
 */
export function equalWeights(trajectories: readonly Trajectory[]): number[] {
  const lengths = trajectories.map(({ decisions }) =>
    decisions.reduce((sum, { chosen }) => sum + chosen.reduce((count, choice) => count + choice, 0), 0)
  );
  const mean = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
  return lengths.map((length) => length > 0 ? mean / length : 0);
}
