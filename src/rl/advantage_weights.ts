import type { Kernels } from "../kernels/mod.ts";
import { checkLengths } from "./_columns.ts";

/** How an advantage becomes a weight. */
export type AdvantageWeightForm = "exponential" | "softmax" | "binary";

/** Settings of {@link advantageWeights}. */
export interface AdvantageWeightOptions {
  /** Default `exponential`. */
  readonly form?: AdvantageWeightForm;
  /** β: advantage that makes a weight e times as large; default 1. */
  readonly temperature?: number;
  /** Largest exponential weight; default 20. */
  readonly cap?: number;
}

const FORMS: Record<AdvantageWeightForm, number> = { exponential: 0, softmax: 1, binary: 2 };

/**
 * Weights with which `nll` becomes advantage-weighted regression: imitate what went better than expected.
 *
 * ```text
 * exponential  min(e^{A/β}, cap)                     AWR, IQL
 * softmax      n·e^{A/β} / Σ e^{A/β} over the batch  AWAC
 * binary       1 where A > 0, else 0                 filtered imitation
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `advantages` A | `[n]` | reward | a token's, a step's or a row's |
 * | `mask` | `[n]` | 0/1 | what is there |
 *
 * @returns `[n]`, constants; 0 where the mask is 0. NaN gives NaN.
 * @throws {ShapeError} If lengths differ.
 * @throws {TypeError} If `form` is unknown.
 * @throws {RangeError} If `temperature` is not above 0.
 * @see Peng et al., arXiv 1910.00177; Nair et al., arXiv 2006.09359; Wang et al., arXiv 2006.15134.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { advantageWeights, loadKernels } from "@eddy/eddy";
 * const weights = advantageWeights(await loadKernels(), { advantages: Float32Array.of(0, 9, -1) }, { form: "binary" });
 * deepEqual([...weights], [0, 1, 0]);
 * ```
 */
export function advantageWeights(
  kernels: Kernels,
  columns: { readonly advantages: Float32Array; readonly mask?: Uint8Array },
  options: AdvantageWeightOptions = {},
): Float32Array {
  const { advantages } = columns;
  const { form = "exponential", temperature = 1, cap = 20 } = options;
  const mask = columns.mask ?? new Uint8Array(advantages.length).fill(1);
  checkLengths(advantages.length, { mask });
  const code = FORMS[form];
  if (code === undefined) {
    throw new TypeError(`Cannot weigh by '${form}': use one of ${Object.keys(FORMS).join(", ")}`);
  }
  if (!(temperature > 0)) throw new RangeError(`Cannot use temperature '${temperature}': it must be above 0`);
  return kernels.advantageWeights(advantages, mask, code, temperature, cap);
}
