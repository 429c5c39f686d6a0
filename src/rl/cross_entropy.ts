import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { ABSENT, aggregationArguments, checkLengths, type RowColumns, rowsOf } from "./_columns.ts";
import { ShapeError } from "../errors.ts";

/** Columns of {@link crossEntropy}. */
export interface CrossEntropyColumns extends RowColumns {
  /** `[tokens, vocabulary]`, nats, unnormalised; row t predicts `targets[t]`. −∞ = impossible. */
  readonly logits: Float32Array;
  /** `[tokens]`: the right token. */
  readonly targets: Uint32Array;
  /** `[tokens]`: constant weight of each token; default 1. Not part of the denominator. */
  readonly weights?: Float32Array;
}

/** Settings of {@link crossEntropy}. */
export interface CrossEntropyOptions extends AggregationOptions {
  /** Share of the target that is spread over the vocabulary; default 0. */
  readonly labelSmoothing?: number;
  /** Weight of the squared log normalizer; default 0. */
  readonly zCoefficient?: number;
}

/** A cross-entropy and its gradient. */
export interface CrossEntropy {
  /** NaN or infinite when an input at a learnable token was. */
  readonly loss: number;
  /** `[tokens, vocabulary]`: gradient of `loss` by `logits`; 0 where the mask is 0. */
  readonly dLogits: Float32Array;
  /** What was seen on the way. */
  readonly metrics: {
    /** The part of the loss that is z-loss. */
    readonly zLoss: number;
  };
}

/**
 * Negative log-likelihood straight from logits, with label smoothing and z-loss.
 *
 * ```text
 * Z = ln Σ_v e^{z_v}      l = (1−ε)(Z − z_target) + ε(Z − mean_v z_v) + zCoefficient·Z²
 * loss = aggregate(weight·l)
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logits` z | `[tokens, vocabulary]` | nats | already shifted |
 * | `targets` | `[tokens]` | id | below the vocabulary size where learnable |
 *
 * @returns Loss, its gradient by `logits`, and metrics.
 * @throws {ShapeError} If lengths do not fit.
 * @see label smoothing: Szegedy et al., arXiv 1512.00567, §7; z-loss: Chowdhery et al., arXiv 2204.02311, §5.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { crossEntropy, loadKernels } from "@eddy/eddy";
 * const columns = { logits: Float32Array.of(0, 0), targets: Uint32Array.of(1) };
 * const { loss, dLogits } = crossEntropy(await loadKernels(), columns);
 * equal(loss.toFixed(5), Math.LN2.toFixed(5));
 * equal(dLogits[1].toFixed(5), "-0.50000");
 * ```
 */
export function crossEntropy(
  kernels: Kernels,
  columns: CrossEntropyColumns,
  options: CrossEntropyOptions = {},
): CrossEntropy {
  const { logits, targets, weights } = columns;
  checkLengths(targets.length, { weights });
  const width = Math.floor(logits.length / Math.max(targets.length, 1));
  if (width * targets.length !== logits.length) {
    throw new ShapeError("logits", `a multiple of ${targets.length}`, logits.length);
  }
  const { mask, rowLengths } = rowsOf(columns, targets.length);
  if (targets.some((target, t) => mask[t] && target >= width)) {
    throw new ShapeError("targets", `ids below ${width}`, targets.reduce((most, id) => Math.max(most, id), 0));
  }
  const dLogits = new Float32Array(logits.length);
  const [loss, zLoss] = kernels.crossEntropy(
    logits,
    targets,
    weights ?? ABSENT,
    mask,
    rowLengths,
    ...aggregationArguments(options),
    options.labelSmoothing ?? 0,
    options.zCoefficient ?? 0,
    dLogits,
  );
  return { loss, dLogits, metrics: { zLoss } };
}
