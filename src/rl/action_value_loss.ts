import { ShapeError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import type { AggregationOptions } from "./aggregation.ts";
import { ABSENT, aggregationArguments, checkLengths, type RowColumns, rowsOf } from "./_columns.ts";

/** Columns of {@link actionValueLoss}, one element per decision. */
export interface ActionValueColumns extends RowColumns {
  /** `[n, actions]`, reward: values that are trained. */
  readonly q: Float32Array;
  /** `[n]`: the action that was taken. */
  readonly taken: Uint32Array;
  /** `[n]`, reward: what its value should be; constants. */
  readonly targets: Float32Array;
  /** `[n]`: constant factor on each decision's loss, for example of prioritised replay; default 1. */
  readonly scales?: Float32Array;
}

/** Settings of {@link actionValueLoss}. */
export interface ActionValueOptions extends AggregationOptions {
  /** Weight of half the squared error; default 1. */
  readonly errorCoefficient?: number;
  /** α of conservative Q-learning: weight of what other actions are overrated by; default 0. */
  readonly conservativeCoefficient?: number;
  /** τ of its soft maximum, reward; default 1. */
  readonly temperature?: number;
}

/** A loss over action values, its gradient and its metrics. */
export interface ActionValueLoss {
  /** NaN or infinite when an input at a learnable decision was. */
  readonly loss: number;
  /** `[n, actions]`: gradient of `loss` by `q`; 0 where the mask is 0. */
  readonly dQ: Float32Array;
  /** `[n]`, reward: `target − q_taken`; 0 where the mask is 0. */
  readonly errors: Float32Array;
  /** What was seen on the way. */
  readonly metrics: {
    /** Half the squared error, before its coefficient. */
    readonly halfSquare: number;
    /** The soft maximum above the taken action's value, before its coefficient; 0 where it has none. */
    readonly conservative: number;
    /** Learnable decisions whose loss is NaN or infinite. */
    readonly nonFinite: number;
  };
}

/**
 * Error of the value of the taken action against a target, and, for data that cannot be added to, how far the other actions
 * are overrated. The loss of Q-learning, of its conservative form, and of each critic of soft actor-critic.
 *
 * ```text
 * error = target − q_taken      excess = τ·ln Σ_a e^{q_a/τ} − q_taken
 * loss = aggregate(errorCoefficient·error²/2 + conservativeCoefficient·excess)
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `q` | `[n, actions]` | reward | an action that is not allowed: −∞ or very low |
 * | `taken` | `[n]` | index | below the number of actions where learnable |
 * | `targets` | `[n]` | reward | `reward + discount·nextActionValues`, see `nStepReturns` |
 *
 * @returns Loss, its gradient by `q`, errors and metrics. All masked: loss 0.
 * @throws {ShapeError} If lengths do not fit, or an action is not there.
 * @throws {RangeError} If `temperature` is not above 0.
 * @see Mnih et al. 2015; Kumar et al., arXiv 2006.04779, equation 4.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { actionValueLoss, loadKernels } from "@eddy/eddy";
 * const columns = { q: Float32Array.of(1, 1), taken: Uint32Array.of(0), targets: Float32Array.of(3) };
 * const { loss, dQ } = actionValueLoss(await loadKernels(), columns, { conservativeCoefficient: 1 });
 * equal(loss.toFixed(6), (0.5 * 4 + Math.LN2).toFixed(6));
 * equal([...dQ].join(), "-2.5,0.5"); // −error + p − 1, and p
 * ```
 */
export function actionValueLoss(
  kernels: Kernels,
  columns: ActionValueColumns,
  options: ActionValueOptions = {},
): ActionValueLoss {
  const { q, taken, targets, scales } = columns;
  checkLengths(taken.length, { targets, scales });
  const width = Math.floor(q.length / Math.max(taken.length, 1));
  if (width * taken.length !== q.length) throw new ShapeError("q", `a multiple of ${taken.length}`, q.length);
  const { mask, rowLengths } = rowsOf(columns, taken.length);
  const wrong = taken.find((action, i) => mask[i] !== 0 && action >= width);
  if (wrong !== undefined) throw new ShapeError("taken", `actions below ${width}`, wrong);
  const temperature = options.temperature ?? 1;
  if (!(temperature > 0)) throw new RangeError(`Cannot use temperature '${temperature}': it must be above 0`);
  const dQ = new Float32Array(q.length);
  const errors = new Float32Array(taken.length);
  const [loss, halfSquare, conservative, nonFinite] = kernels.actionValueLoss(
    q,
    taken,
    targets,
    scales ?? ABSENT,
    mask,
    rowLengths,
    ...aggregationArguments(options),
    options.errorCoefficient ?? 1,
    options.conservativeCoefficient ?? 0,
    temperature,
    errors,
    dQ,
  );
  return { loss, dQ, errors, metrics: { halfSquare, conservative, nonFinite } };
}
