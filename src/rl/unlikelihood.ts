import { ShapeError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { aggregationArguments, checkLengths, type RowColumns, rowsOf } from "./_columns.ts";

/** Columns of {@link unlikelihood}. */
export interface UnlikelihoodColumns extends RowColumns {
  /** `[tokens, vocabulary]`, nats, unnormalised; row t predicts `targets[t]`. */
  readonly logits: Float32Array;
  /** `[tokens]`: the token that stands there. */
  readonly targets: Uint32Array;
  /** `[tokens]`: not 0 where the target should not have been said; default none. */
  readonly unwanted?: Uint8Array;
}

/** Settings of {@link unlikelihood}. */
export interface UnlikelihoodOptions extends AggregationOptions {
  /** Weight of not repeating the row's earlier tokens; default 0. */
  readonly alpha?: number;
  /** `1 − p` is not taken below this; default 1e-5. */
  readonly floor?: number;
}

/** A loss with its gradient by logits. */
export interface Unlikelihood {
  /** NaN or infinite when an input at a learnable token was. */
  readonly loss: number;
  /** `[tokens, vocabulary]`: gradient of `loss` by `logits`; 0 where the mask is 0. */
  readonly dLogits: Float32Array;
  /** What was seen on the way. */
  readonly metrics: {
    /** The part of the loss that pushes down. */
    readonly unlikelihood: number;
    /** Learnable tokens whose loss is NaN or infinite. */
    readonly nonFinite: number;
  };
}

/**
 * Likelihood of what should be said, unlikelihood of what should not: of repetitions (`alpha`) and of answers that were
 * judged wrong (`unwanted`).
 *
 * ```text
 * u(c) = −ln max(1 − p_c, floor)
 * l = u(target) where unwanted, else −ln p_target + alpha·Σ_{c in C} u(c)      loss = aggregate(l)
 * C: the distinct earlier targets of the row, learnable or not, without the target itself
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logits` | `[tokens, vocabulary]` | nats | already shifted |
 * | `targets` | `[tokens]` | id | below the vocabulary size where learnable |
 * | `unwanted` | `[tokens]` | 0/1 | push the target down |
 *
 * @returns Loss, its gradient by `logits`, and metrics. All masked: loss 0.
 * @throws {ShapeError} If lengths do not fit.
 * @see Welleck et al., arXiv 1908.04319, §5: on tokens, and on whole sequences.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadKernels, unlikelihood } from "@eddy/eddy";
 * const { loss, dLogits } = unlikelihood(await loadKernels(), {
 *   logits: Float32Array.of(0, 0),
 *   targets: Uint32Array.of(0),
 *   unwanted: Uint8Array.of(1),
 * });
 * equal(loss.toFixed(6), Math.LN2.toFixed(6));
 * equal([...dLogits].join(), "0.5,-0.5"); // the unwanted token goes down
 * ```
 */
export function unlikelihood(
  kernels: Kernels,
  columns: UnlikelihoodColumns,
  options: UnlikelihoodOptions = {},
): Unlikelihood {
  const { logits, targets, unwanted } = columns;
  checkLengths(targets.length, { unwanted });
  const width = Math.floor(logits.length / Math.max(targets.length, 1));
  if (width * targets.length !== logits.length) {
    throw new ShapeError("logits", `a multiple of ${targets.length}`, logits.length);
  }
  const { mask, rowLengths } = rowsOf(columns, targets.length);
  const wrong = targets.find((target, t) => mask[t] !== 0 && target >= width);
  if (wrong !== undefined) throw new ShapeError("targets", `ids below ${width}`, wrong);
  const dLogits = new Float32Array(logits.length);
  const [loss, pushed, nonFinite] = kernels.unlikelihood(
    logits,
    targets,
    unwanted ?? new Uint8Array(0),
    mask,
    rowLengths,
    ...aggregationArguments(options),
    options.alpha ?? 0,
    options.floor ?? 1e-5,
    dLogits,
  );
  return { loss, dLogits, metrics: { unlikelihood: pushed, nonFinite } };
}
