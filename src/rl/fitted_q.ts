import { ShapeError } from "../errors.ts";

/** Columns of {@link fittedQ}: transitions in any order, float64. */
export interface FittedQColumns {
  /** [transitions × width] φ(x, a): features of what was seen and done; indicators make it a table. */
  readonly features: Float64Array;
  /** [transitions × width] Σ_a' π(a'|x') φ(x', a'): the features that the policy expects next. */
  readonly nextFeatures: Float64Array;
  /** [transitions] */
  readonly rewards: Float64Array;
  /** [transitions] `γ·(1 − terminated)`. */
  readonly discounts: Float64Array;
}

/** Settings of {@link fittedQ}. */
export interface FittedQOptions {
  /** Most rounds of fitting. Default 200. */
  readonly iterations?: number;
  /** Stop when no coefficient moves by more. Default 1e-9. */
  readonly tolerance?: number;
  /** Held-back growth of coefficients: added to the diagonal, in transitions. Default 1e-6. */
  readonly ridge?: number;
}

/** A linear model of action values. */
export interface FittedQ {
  /** [width] θ: the value of features φ is θ·φ. */
  readonly coefficients: Float64Array;
  /** Values of rows of features. @param features [rows × width] */
  values(features: Float64Array): Float64Array;
  /** Rounds that were made. */
  readonly iterations: number;
  /** Largest change of a coefficient in the last round: not small means that it did not settle. */
  readonly change: number;
}

/**
 * Fitted Q evaluation: action values of a policy from logged transitions, for small policies with linear features.
 *
 * ```text
 * θ ← argmin Σ (r + γ_t·θ_old·φ'_π − θ·φ)² + ridge·|θ|²          again and again, from θ = 0
 * value of a policy = mean over starts of θ·φ_π(x_0)
 * ```
 *
 * The fixed point is that of LSTD-Q. With few data, or where logs and policy hardly overlap, it may not settle: look at
 * `change`. As `own` and `logged` of {@link trajectoryDoublyRobust} even a wrong model only costs variance.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `features` φ, `nextFeatures` φ'_π | `[transitions × width]` | any | of what was done, and of what the policy would do next |
 * | `rewards` r, `discounts` γ_t | `[transitions]` | reward, 1 | γ_t is 0 at a terminated step |
 *
 * @throws {ShapeError} If lengths do not fit. @throws {RangeError} If the features do not determine a model: raise the ridge.
 * @see Le, Voloshin & Yue, arXiv 1903.08738, algorithm 3; Voloshin et al., arXiv 1911.06854.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fittedQ } from "@eddy/eddy";
 * // Two states in a row, one action: 0 → 1 earns 1, 1 → end earns 2; γ = 1/2.
 * const { coefficients } = fittedQ({
 *   features: Float64Array.of(1, 0, 0, 1),
 *   nextFeatures: Float64Array.of(0, 1, 0, 0),
 *   rewards: Float64Array.of(1, 2),
 *   discounts: Float64Array.of(0.5, 0),
 * }, { ridge: 0 });
 * assert.deepEqual([...coefficients], [2, 2]); // 1 + 2/2, 2
 * ```
 */
export function fittedQ(columns: FittedQColumns, options: FittedQOptions = {}): FittedQ {
  const { features, nextFeatures, rewards, discounts } = columns;
  const { iterations: most = 200, tolerance = 1e-9, ridge = 1e-6 } = options;
  const transitions = rewards.length;
  const width = transitions === 0 ? 0 : features.length / transitions;
  if (!Number.isInteger(width)) throw new ShapeError("features", `rows of ${transitions} transitions`, features.length);
  if (nextFeatures.length !== features.length) {
    throw new ShapeError("nextFeatures", features.length, nextFeatures.length);
  }
  if (discounts.length !== transitions) throw new ShapeError("discounts", transitions, discounts.length);
  const factor = factorOf(features, width, ridge);
  let coefficients = new Float64Array(width);
  let [iterations, change] = [0, Infinity];
  while (iterations < most && change > tolerance) {
    const sums = new Float64Array(width);
    for (let i = 0; i < transitions; i++) {
      const next = discounts[i] === 0 ? 0 : discounts[i] * dot(coefficients, nextFeatures, i * width);
      for (let k = 0; k < width; k++) sums[k] += (rewards[i] + next) * features[i * width + k];
    }
    const old = coefficients;
    coefficients = solved(factor, sums);
    change = coefficients.reduce((largest, value, k) => Math.max(largest, Math.abs(value - old[k])), 0);
    iterations += 1;
  }
  const values = (rows: Float64Array): Float64Array => {
    if (width === 0 || rows.length % width !== 0) throw new ShapeError("features", `rows of ${width}`, rows.length);
    return Float64Array.from({ length: rows.length / width }, (_, row) => dot(coefficients, rows, row * width));
  };
  return { coefficients, values, iterations, change };
}

function dot(a: Float64Array, rows: Float64Array, start: number): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * rows[start + k];
  return sum;
}

/** Lower L with L Lᵀ = Φᵀ Φ + ridge. */
function factorOf(features: Float64Array, width: number, ridge: number): Float64Array {
  const factor = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = i === j ? ridge : 0;
      for (let row = 0; row < features.length; row += width) rest += features[row + i] * features[row + j];
      const whole = rest;
      for (let k = 0; k < j; k++) rest -= factor[i * width + k] * factor[j * width + k];
      if (i === j && !(rest > 1e-12 * whole)) {
        throw new RangeError(`Cannot fit: feature ${i} is determined by the others; raise 'ridge' or leave it out`);
      }
      factor[i * width + j] = i === j ? Math.sqrt(rest) : rest / factor[j * width + j];
    }
  }
  return factor;
}

/** x with L Lᵀ x = b. */
function solved(factor: Float64Array, b: Float64Array): Float64Array<ArrayBuffer> {
  const n = b.length;
  const x = new Float64Array(b);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= factor[i * n + k] * x[k];
    x[i] /= factor[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= factor[k * n + i] * x[k];
    x[i] /= factor[i * n + i];
  }
  return x;
}
