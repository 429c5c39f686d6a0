import { ShapeError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { aggregationArguments, checkLengths, type RowColumns, rowsOf } from "./_columns.ts";

/** Columns of {@link distillation}. */
export interface DistillationColumns extends RowColumns {
  /** `[tokens, vocabulary]`, nats, unnormalised: the student that is trained. */
  readonly logits: Float32Array;
  /** `[tokens, vocabulary]`, nats, unnormalised: constants. */
  readonly teacherLogits: Float32Array;
  /** Tokens; the vocabulary is what is left of the length of `logits`. */
  readonly tokens: number;
}

/** Settings of {@link distillation}. */
export interface DistillationOptions extends AggregationOptions {
  /** 0 = KL(teacher‖student), 1 = KL(student‖teacher), between them the mixture's; default 0.5. */
  readonly beta?: number;
  /** Divides both logits; default 1. The loss is not multiplied by its square. */
  readonly temperature?: number;
}

/** A divergence, its gradient and its metrics. */
export interface Distillation {
  /** Nats; infinite where the student needs what the teacher rules out, or the other way round. */
  readonly loss: number;
  /** `[tokens, vocabulary]`: gradient of `loss` by `logits`; 0 where the mask is 0. */
  readonly dLogits: Float32Array;
  /** What was seen on the way. */
  readonly metrics: {
    /** Learnable tokens whose divergence is NaN or infinite. */
    readonly nonFinite: number;
  };
}

/**
 * Learning a teacher's whole distribution at each token: the generalised Jensen–Shannon divergence.
 *
 * ```text
 * P = softmax(teacherLogits/τ)   S = softmax(logits/τ)   M = (1−β)·S + β·P
 * l = KL(P‖S) at β = 0,  KL(S‖P) at β = 1,  else β·KL(P‖M) + (1−β)·KL(S‖M)      loss = aggregate(l)
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logits`, `teacherLogits` | `[tokens, vocabulary]` | nats | already shifted, on the same tokens |
 *
 * @returns Loss, its gradient by `logits`, and metrics. All masked: loss 0.
 * @throws {ShapeError} If lengths do not fit.
 * @throws {RangeError} If `beta` is not from 0 to 1, or `temperature` is not above 0.
 * @see Agarwal et al., arXiv 2306.13649, §2; the weights of the two parts are TRL's.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { distillation, loadKernels } from "@eddy/eddy";
 * const { loss, dLogits } = distillation(await loadKernels(), {
 *   logits: Float32Array.of(0, 0),
 *   teacherLogits: Float32Array.of(0, -Infinity), // certain
 *   tokens: 1,
 * }, { beta: 0 });
 * equal(loss.toFixed(6), Math.LN2.toFixed(6));
 * equal([...dLogits].map((d) => d.toFixed(6)).join(), "-0.500000,0.500000");
 * ```
 */
export function distillation(
  kernels: Kernels,
  columns: DistillationColumns,
  options: DistillationOptions = {},
): Distillation {
  const { logits, teacherLogits, tokens } = columns;
  const { beta = 0.5, temperature = 1 } = options;
  checkLengths(logits.length, { teacherLogits });
  if (tokens === 0 ? logits.length > 0 : logits.length % tokens !== 0) {
    throw new ShapeError("logits", `a multiple of ${tokens}`, logits.length);
  }
  const { mask, rowLengths } = rowsOf(columns, tokens);
  if (!(beta >= 0 && beta <= 1)) throw new RangeError(`Cannot use beta '${beta}': it must be from 0 to 1`);
  if (!(temperature > 0)) throw new RangeError(`Cannot use temperature '${temperature}': it must be above 0`);
  const dLogits = new Float32Array(logits.length);
  const aggregation = aggregationArguments(options);
  const [loss, nonFinite] = kernels.distillation(
    logits,
    teacherLogits,
    mask,
    rowLengths,
    ...aggregation,
    temperature,
    beta,
    dLogits,
  );
  return { loss, dLogits, metrics: { nonFinite } };
}
