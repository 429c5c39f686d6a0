import { ShapeError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import { checkLengths, type RowColumns, rowsOf } from "./_columns.ts";
import { valueLoss } from "./value_loss.ts";

/** Columns of {@link retrace}; `next…` belongs to the observation that followed. */
export interface RetraceColumns extends Pick<RowColumns, "rowLengths"> {
  /** `[steps × actions]`, reward: the critic that is trained. */
  readonly actionValues: Float32Array;
  /** `[steps]`: what was done. */
  readonly actions: Uint32Array;
  /** `[steps]`, reward. */
  readonly rewards: Float32Array;
  /** `[steps]`: `γ·(1 − terminated)`. */
  readonly discounts: Float32Array;
  /** `[steps × actions]`, reward: the critic that bootstraps. */
  readonly nextActionValues: Float32Array;
  /** `[steps × actions]`: the policy whose values are learned. */
  readonly nextProbabilities: Float32Array;
  /** `[steps]`: what was done next. */
  readonly nextActions: Uint32Array;
  /** `[steps]`: probability with which that was chosen. */
  readonly nextPropensities: Float32Array;
}

/** Settings of {@link retrace}. */
export interface RetraceOptions {
  /** Default 1. */
  readonly lambda?: number;
  /** Added to propensities; default 1e-8, as in RLax. */
  readonly epsilon?: number;
}

/** What Retrace gives. */
export interface Retrace {
  /** `[steps]`, reward: what the value of the taken action should be; constants. */
  readonly targets: Float32Array;
  /** `[steps]`, reward: target minus value. */
  readonly errors: Float32Array;
  /** Half the mean square of the errors. */
  readonly loss: number;
  /** `[steps × actions]`: gradient of `loss` by `actionValues`; 0 at actions that were not taken. */
  readonly dActionValues: Float32Array;
}

/**
 * Retrace(λ): action values from steps that another policy chose, safe for every such policy.
 *
 * ```text
 * v'_t = Σ_a π(a|x')·q(x', a)      c'_t = λ·min(1, π(a'|x') / (μ(a'|x') + ε))
 * G_t  = r_t + γ_t·(v'_t + c'_t·(G_{t+1} − q(x', a')))          at a row's last step r_t + γ_t·v'_t
 * loss = ½·mean (G − q(x, a))²                                  G constant
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `actionValues` q | `[steps × actions]` | reward | of what was seen |
 * | `nextActionValues`, `nextProbabilities` π | `[steps × actions]` | reward, 1 | of what was seen next |
 * | `nextPropensities` μ | `[steps]` | 1 | of the next action, when it was chosen |
 * | `rewards` r, `discounts` γ_t | `[steps]` | reward, 1 | γ_t is 0 at a terminated step |
 *
 * @throws {ShapeError} If lengths do not fit.
 * @throws {RangeError} If an action does not exist.
 * @see Munos et al., arXiv 1606.02647, section 3.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { loadKernels, retrace } from "@eddy/eddy";
 * const { targets, errors } = retrace(await loadKernels(), {
 *   actionValues: Float32Array.of(1, 0, 2, 4),
 *   actions: Uint32Array.of(0, 1),
 *   rewards: Float32Array.of(0, 1),
 *   discounts: Float32Array.of(1, 0),
 *   nextActionValues: Float32Array.of(2, 4, 9, 9),
 *   nextProbabilities: Float32Array.of(0.5, 0.5, 1, 0),
 *   nextActions: Uint32Array.of(1, 0),
 *   nextPropensities: Float32Array.of(0.5, 1),
 * }, { epsilon: 0 });
 * deepEqual([...targets], [0, 1]); // 0 + (3 + 1·(1 − 4)), and 1: nothing follows
 * deepEqual([...errors], [-1, -3]);
 * ```
 */
export function retrace(kernels: Kernels, columns: RetraceColumns, options: RetraceOptions = {}): Retrace {
  const { actionValues, actions, rewards, discounts, nextActionValues, nextProbabilities } = columns;
  const { nextActions, nextPropensities } = columns;
  const steps = rewards.length;
  const width = steps === 0 ? 0 : nextActionValues.length / steps;
  if (!Number.isInteger(width)) {
    throw new ShapeError("nextActionValues", `rows of ${steps} steps`, nextActionValues.length);
  }
  checkLengths(steps, { actions, discounts, nextActions, nextPropensities });
  checkLengths(steps * width, { actionValues, nextProbabilities });
  const { rowLengths } = rowsOf(columns, steps);
  for (const [name, taken] of Object.entries({ actions, nextActions })) {
    const wrong = taken.find((action) => action >= width);
    if (wrong !== undefined) throw new RangeError(`Cannot use '${name}': action ${wrong} is none of ${width}`);
  }
  const targets = kernels.retrace(
    nextActionValues,
    nextProbabilities,
    nextActions,
    nextPropensities,
    rewards,
    discounts,
    rowLengths,
    options.lambda ?? 1,
    options.epsilon ?? 1e-8,
  );
  const values = rewards.map((_, t) => actionValues[t * width + actions[t]]);
  const { loss, dValues } = valueLoss(kernels, { values, returns: targets });
  const dActionValues = new Float32Array(actionValues.length);
  dValues.forEach((slope, t) => dActionValues[t * width + actions[t]] = slope);
  return { targets, errors: targets.map((target, t) => target - values[t]), loss, dActionValues };
}
