import { ShapeError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import { checkLengths } from "./_columns.ts";
import { type Advantages, gae, type TraceOptions } from "./gae.ts";
import { whiten } from "./whiten.ts";

/** Columns of {@link stepAdvantages}: the steps of several episodes, one episode after the other. */
export interface StepColumns {
  /** `[steps]`, reward of each decision. */
  readonly rewards: Float32Array;
  /** `[steps]`, reward: value of what the agent saw before deciding. */
  readonly values: Float32Array;
  /** `[episodes]`, steps of each. */
  readonly stepsPerEpisode: Uint32Array;
  /** `[episodes]`: 1 = really ended; 0 = cut (or still running), so `bootstrap` counts. */
  readonly terminated: Uint8Array;
  /** `[episodes]`, reward: value of the observation after the last step; not read where terminated. Default 0. */
  readonly bootstrap?: Float32Array;
}

/** Settings of {@link stepAdvantages}. */
export interface StepAdvantageOptions extends TraceOptions {
  /** Shift and scale the advantages of the batch to mean 0 and variance 1; default false. Returns stay raw. */
  readonly normalize?: boolean;
}

/**
 * Advantages and returns of whole decisions (turns) on ragged episodes: discount and trace run over steps, so a wordy
 * answer is not discounted more than a short one.
 *
 * ```text
 * δ_t = r_t + γ·v_{t+1} − v_t,  v after the last step = 0 if terminated else bootstrap
 * A_t = δ_t + γλ·A_{t+1}        return_t = A_t + v_t        normalize: A ← (A − mean)/√(variance + 1e−8)
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `rewards` r, `values` v | `[steps]` | reward | per decision |
 * | `stepsPerEpisode` | `[episodes]` | steps | Σ = steps |
 * | `terminated`, `bootstrap` | `[episodes]` | 0/1, reward | how each episode stopped |
 *
 * @returns `advantages` and `returns`, both `[steps]`; give every token of a step its step's advantage.
 * @throws {ShapeError} If lengths do not fit.
 * @see Schulman et al., arXiv 1506.02438, equation 16, on turns as in arXiv 2512.17008.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { loadKernels, stepAdvantages } from "@eddy/eddy";
 * const { advantages } = stepAdvantages(await loadKernels(), {
 *   rewards: Float32Array.of(0, 1, 0),
 *   values: Float32Array.of(0, 0, 0),
 *   stepsPerEpisode: Uint32Array.of(2, 1),
 *   terminated: Uint8Array.of(1, 0),
 *   bootstrap: Float32Array.of(7, 4), // the 7 is not read, the 4 is
 * }, { gamma: 0.5, lambda: 1 });
 * deepEqual([...advantages], [0.5, 1, 2]);
 * ```
 */
export function stepAdvantages(kernels: Kernels, columns: StepColumns, options: StepAdvantageOptions): Advantages {
  const { rewards, values, stepsPerEpisode, terminated, bootstrap } = columns;
  checkLengths(rewards.length, { values });
  checkLengths(stepsPerEpisode.length, { terminated, bootstrap });
  const covered = stepsPerEpisode.reduce((sum, steps) => sum + steps, 0);
  if (covered !== rewards.length) throw new ShapeError("stepsPerEpisode", `a sum of ${rewards.length}`, covered);
  const nextValues = new Float32Array(rewards.length);
  nextValues.set(values.subarray(1));
  const ended = new Uint8Array(rewards.length);
  let end = 0;
  stepsPerEpisode.forEach((steps, episode) => {
    end += steps;
    if (steps === 0) return;
    nextValues[end - 1] = bootstrap?.[episode] ?? 0;
    ended[end - 1] = terminated[episode];
  });
  const raw = gae(kernels, { rewards, values, nextValues, terminated: ended, rowLengths: stepsPerEpisode }, options);
  return options.normalize ? { ...raw, advantages: whiten(kernels, raw.advantages) } : raw;
}
