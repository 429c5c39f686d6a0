import { ShapeError } from "../errors.ts";
import type { MonteCarloAdvantages } from "./monte_carlo_advantages.ts";
import { rankCorrelation } from "./rank_correlation.ts";

/** How well a cheap credit agrees with what decisions were really worth. */
export interface CreditAudit {
  /** Spearman's correlation over steps; NaN where one side does not vary. */
  readonly rankCorrelation: number;
  /** Share of steps with a clear worth whose credit has its sign. NaN without such steps. */
  readonly signAgreement: number;
  /** Steps with a clear worth: further from 0 than twice their standard error. */
  readonly clearSteps: number;
  /** Share of steps whose credit is 0: nothing is learned from them. */
  readonly silentShare: number;
}

/**
 * Compares any step credit with Monte-Carlo advantages: tells better credit from better luck.
 *
 * ```text
 * ρ = Spearman(A, A_MC)        sign agreement = share of { |A_MC| > 2 errors } with sign(A) = sign(A_MC)
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `advantages` A | `[steps]` | any | of the method |
 * | `truth` A_MC | `[steps]` | reward | {@link monteCarloAdvantages} of the same steps |
 *
 * @throws {ShapeError} If lengths differ.
 * @see own derivation; `test/rl/credit_audit_test.ts`.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { creditAudit } from "@eddy/eddy";
 * const truth = { advantages: Float64Array.of(1, -1, 0.1), errors: Float64Array.of(0.1, 0.1, 0.1) };
 * const { rankCorrelation, signAgreement } = creditAudit([3, -2, -1], truth);
 * equal(rankCorrelation, 1);
 * equal(signAgreement, 1); // the third step's worth is not clear
 * ```
 */
export function creditAudit(
  advantages: ArrayLike<number>,
  truth: Pick<MonteCarloAdvantages, "advantages" | "errors">,
): CreditAudit {
  const steps = advantages.length;
  if (truth.advantages.length !== steps) throw new ShapeError("truth", steps, truth.advantages.length);
  if (truth.errors.length !== steps) throw new ShapeError("errors", steps, truth.errors.length);
  let [clear, agreeing, silent] = [0, 0, 0];
  for (let t = 0; t < steps; t++) {
    if (advantages[t] === 0) silent += 1;
    if (!(Math.abs(truth.advantages[t]) > 2 * truth.errors[t])) continue;
    clear += 1;
    if (Math.sign(advantages[t]) === Math.sign(truth.advantages[t])) agreeing += 1;
  }
  return {
    rankCorrelation: rankCorrelation(advantages, truth.advantages),
    signAgreement: agreeing / clear,
    clearSteps: clear,
    silentShare: steps === 0 ? 0 : silent / steps,
  };
}
