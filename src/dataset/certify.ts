import type { Transcript } from "../episode/mod.ts";
import { maskWhere } from "./mask_where.ts";

/** When an expert's beginning counts as useful. */
export interface CertifyOptions {
  /**
   * From after how many of the expert's steps somebody went on, once for each time the task was then solved: `[3, 3, 1]`
   * are two successes from after its third step and one from after its first.
   */
  readonly successes: readonly number[];
  /** How many successes there must be. Default 2: one may be luck. */
  readonly least?: number;
}

/**
 * Masks what an expert did after the last state that somebody solved the task from: success from a state says that the steps
 * which led there were useful, nothing says so of the others.
 *
 * ```text
 * certified = max { k : |{ s ∈ successes : s ≥ k }| ≥ least }        step t is learned from where t < certified
 * ```
 *
 * @throws {RangeError} If a success starts outside of the episode, or `least` is no whole number of at least 1.
 * @see arXiv 2504.13145 (Exploring Expert Failures).
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { certify, type Transcript } from "@eddy/eddy";
 * const expert: Transcript = { task: 1, success: false, total: 0, steps: ["a", "b", "c"].map((action) => ({ turns: [], action })) };
 * const { steps } = certify(expert, { successes: [2, 3, 2] });
 * deepEqual(steps.map(({ masked }) => masked ?? false), [false, false, true]); // two from 2 or later, one from 3
 * ```
 */
export function certify<Episode extends Transcript>(
  expert: Episode,
  { successes, least = 2 }: CertifyOptions,
): Episode {
  const { length } = expert.steps;
  const wrong = successes.find((step) => !(Number.isInteger(step) && step >= 0 && step <= length));
  if (wrong !== undefined) throw new RangeError(`Cannot certify from step ${wrong}: the episode has ${length}`);
  if (!(Number.isInteger(least) && least >= 1)) throw new RangeError(`Cannot certify by ${least} successes`);
  const certified = [...successes].sort((a, b) => b - a)[least - 1] ?? 0;
  return maskWhere([expert], (_, step) => step >= certified)[0];
}
