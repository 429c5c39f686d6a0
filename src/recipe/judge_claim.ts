import type { Kernels } from "../kernels/mod.ts";
import { randomStream } from "../kernels/mod.ts";
import { bootstrapBounds } from "../rl/mod.ts";
import type { Verdict } from "./outcome.ts";

/** With fewer seeds than this nothing is decided, however clear the interval looks. */
export const FEWEST_SEEDS = 5;

/** Draws of the bootstrap. */
const RESAMPLES = 10_000;

/** Seed of the bootstrap's draws: the same differences always get the same interval. */
const BOOTSTRAP_SEED = 20_130;

/** What paired differences say about a threshold. */
export interface Judgement {
  /** Their mean. */
  readonly figure: number;
  /** The 95 % interval of the mean; null with fewer than two. */
  readonly interval: readonly [lower: number, upper: number] | null;
  /** What follows. */
  readonly verdict: Verdict;
}

/**
 * Whether paired differences are what was claimed: as large as that, and surely not by luck alone.
 *
 * ```text
 * d_s = measure(method, seed s) − measure(against, seed s)      [lower, upper] = 95 % bootstrap interval of mean d
 * holds: mean d ≥ atLeast and lower > 0; where a loss is allowed (atLeast ≤ 0): lower ≥ atLeast
 * fails: upper < atLeast                 open: otherwise, or fewer than 5 seeds
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `differences` d | `[seeds]` | that of the measure | both arms of a seed share world, tasks and first weights |
 * | `atLeast` | 1 | that of the measure | the claim's figure |
 *
 * @see Efron & Tibshirani (1993), "An introduction to the bootstrap", chapter 13 (percentiles).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { judgeClaim, loadKernels } from "@eddy/eddy";
 * const kernels = await loadKernels();
 * assert.ok(judgeClaim(kernels, [0.3, 0.2, 0.4, 0.3, 0.3], 0.1).verdict === "holds");
 * assert.ok(judgeClaim(kernels, [0.3, 0.2, 0.4, 0.3, 0.3], 0.5).verdict === "fails");
 * assert.ok(judgeClaim(kernels, [0.9, -0.8, 0.9, -0.7, 0.9], 0.1).verdict === "open");
 * ```
 */
export function judgeClaim(kernels: Kernels, differences: readonly number[], atLeast: number): Judgement {
  const { mean, lower, upper } = bootstrapBounds(Float64Array.from(differences), {
    uniform: randomStream(kernels, BOOTSTRAP_SEED, 0),
    confidence: 0.975, // of each end: 95 % between them
    resamples: RESAMPLES,
  });
  const interval = differences.length < 2 ? null : [lower, upper] as const;
  const decided = interval !== null && differences.length >= FEWEST_SEEDS;
  const holds = atLeast > 0 ? mean >= atLeast && lower > 0 : lower >= atLeast;
  const verdict = decided && holds ? "holds" : decided && upper < atLeast ? "fails" : "open";
  return { figure: mean, interval, verdict };
}
