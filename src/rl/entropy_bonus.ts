import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { ABSENT, aggregationArguments, checkLengths, type RowColumns, rowsOf } from "./_columns.ts";

/** Columns of {@link entropyBonus}. */
export interface EntropyColumns extends RowColumns {
  /** `[tokens]`, nats: entropy of the distribution that each token was taken from. */
  readonly entropies: Float32Array;
  /** `[tokens]`: constant factor on each token's entropy; default 1. */
  readonly scales?: Float32Array;
}

/** Settings of {@link entropyBonus}. */
export interface EntropyBonusOptions extends AggregationOptions {
  /** How much one nat is worth, in loss. */
  readonly coefficient: number;
}

/** An entropy term, its gradient and its metrics. */
export interface EntropyBonus {
  /** NaN or infinite when an input at a learnable token was. */
  readonly loss: number;
  /** `[tokens]`: gradient of `loss` by `entropies`. */
  readonly dEntropies: Float32Array;
  /** What was seen on the way. */
  readonly metrics: {
    /** The aggregated entropy, nats. */
    readonly entropy: number;
    /** Learnable tokens whose entropy is NaN or infinite. */
    readonly nonFinite: number;
  };
}

/**
 * A reward for keeping options open.
 *
 * ```text
 * loss = −coefficient·aggregate(H)
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `entropies` H | `[tokens]` | nats | of each token's distribution |
 *
 * @returns Loss, its gradient `[tokens]` by `entropies`, and metrics.
 * @throws {ShapeError} If a column's length is not that of `entropies`.
 * @see Mnih et al., arXiv 1602.01783, §4.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { entropyBonus, loadKernels } from "@eddy/eddy";
 * const { loss } = entropyBonus(await loadKernels(), { entropies: Float32Array.of(1, 3) }, { coefficient: 0.5 });
 * equal(loss, -1);
 * ```
 */
export function entropyBonus(kernels: Kernels, columns: EntropyColumns, options: EntropyBonusOptions): EntropyBonus {
  const { entropies, scales } = columns;
  checkLengths(entropies.length, { scales });
  const { mask, rowLengths } = rowsOf(columns, entropies.length);
  const dEntropies = new Float32Array(entropies.length);
  const [loss, entropy, nonFinite] = kernels.entropyBonus(
    entropies,
    scales ?? ABSENT,
    mask,
    rowLengths,
    ...aggregationArguments(options),
    options.coefficient,
    dEntropies,
  );
  return { loss, dEntropies, metrics: { entropy, nonFinite } };
}
