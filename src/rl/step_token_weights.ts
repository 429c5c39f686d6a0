import { ShapeError } from "../errors.ts";

/** How the losses of steps become one number; a step counts when it has at least one token. */
export type StepAggregation = "step-mean-token-sum" | "step-mean-token-mean" | "episode-mean-step-mean";

/** Columns of {@link stepTokenWeights}. */
export interface StepTokenColumns {
  /** `[tokens]`: index of the token's step; −1: belongs to none. */
  readonly stepOf: Int32Array;
  /** `[steps]`: index of the step's episode. */
  readonly episodeOf: Uint32Array;
}

/**
 * Weight of each token in a loss whose unit is the step: a wordy answer counts no more than a short one.
 *
 * ```text
 * step-mean-token-sum      1 / S                          S steps, E episodes with at least one token
 * step-mean-token-mean     1 / (S · tokens of the step)
 * episode-mean-step-mean   1 / (E · steps of the episode · tokens of the step)
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `stepOf` | `[tokens]` | index | the token's step, or −1 |
 * | `episodeOf` | `[steps]` | index | the step's episode |
 *
 * @returns `[tokens]`: give them as `scales` to a policy loss with the aggregation `token-sum`. 0 where `stepOf` is −1.
 * @throws {RangeError} If a token belongs to a step that does not exist.
 * @throws {TypeError} If the aggregation is unknown.
 * @see own derivation from the means; `test/rl/step_credit_test.ts`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { stepTokenWeights } from "@eddy/eddy";
 * const columns = { stepOf: Int32Array.of(0, 0, -1, 1), episodeOf: Uint32Array.of(0, 0) };
 * deepEqual([...stepTokenWeights(columns, "step-mean-token-mean")], [0.25, 0.25, 0, 0.5]);
 * ```
 */
export function stepTokenWeights(
  { stepOf, episodeOf }: StepTokenColumns,
  aggregation: StepAggregation,
): Float32Array {
  const tokensOf = new Uint32Array(episodeOf.length);
  for (const step of stepOf) {
    if (step < -1 || step >= tokensOf.length) throw new ShapeError("episodeOf", `a step ${step}`, tokensOf.length);
    if (step >= 0) tokensOf[step] += 1;
  }
  const stepsOf = new Map<number, number>();
  episodeOf.forEach((episode, step) => {
    if (tokensOf[step] > 0) stepsOf.set(episode, (stepsOf.get(episode) ?? 0) + 1);
  });
  const steps = [...stepsOf.values()].reduce((sum, count) => sum + count, 0);
  const share: Record<StepAggregation, (step: number) => number> = {
    "step-mean-token-sum": () => steps,
    "step-mean-token-mean": (step) => steps * tokensOf[step],
    "episode-mean-step-mean": (step) => stepsOf.size * stepsOf.get(episodeOf[step])! * tokensOf[step],
  };
  const divisor = share[aggregation];
  if (!divisor) {
    throw new TypeError(`Cannot aggregate by '${aggregation}': use one of ${Object.keys(share).join(", ")}`);
  }
  return Float32Array.from(stepOf, (step) => step < 0 ? 0 : 1 / divisor(step));
}
