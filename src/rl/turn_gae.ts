import type { Kernels } from "../kernels/mod.ts";
import { checkLengths } from "./_columns.ts";
import type { Advantages } from "./gae.ts";
import { type StepAdvantageOptions, stepAdvantages } from "./step_advantages.ts";
import { stepsToTokens } from "./steps_to_tokens.ts";

/** Columns of {@link turnGae}: tokens, and the turns that they make. */
export interface TurnGaeColumns {
  /** `[tokens]`, reward; those of a turn are summed, those outside of turns belong to the turn before. */
  readonly rewards: Float32Array;
  /** `[tokens]`, reward: only the value at the first token of a turn is read, what was seen before deciding. */
  readonly values: Float32Array;
  /** `[tokens]`: index of the token's turn, −1: observation or padding. Turns come in order, each with a token at least. */
  readonly turnOf: Int32Array;
  /** `[episodes]`, turns of each. */
  readonly turnsPerEpisode: Uint32Array;
  /** `[episodes]`: 1 = really ended. */
  readonly terminated: Uint8Array;
  /** `[episodes]`, reward: value after the last turn of a cut episode. Default 0. */
  readonly bootstrap?: Float32Array;
}

/**
 * Turn-level GAE from columns of tokens: discount and trace run over turns, and every token of a turn gets its advantage, so
 * wordy turns are not discounted more than short ones.
 *
 * ```text
 * R_k = Σ rewards of turn k      δ_k = R_k + γ·V_{k+1} − V_k      A_k = δ_k + γλ·A_{k+1}      V_k at the turn's first token
 * ```
 *
 * Exact, because the log-probability of a turn is the sum of its tokens'.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `rewards`, `values`, `turnOf` | `[tokens]` | reward, reward, index | |
 * | `turnsPerEpisode`, `terminated`, `bootstrap` | `[episodes]` | turns, 0/1, reward | |
 *
 * @returns `advantages` and `returns`, both `[tokens]`; 0 outside of turns. Train the critic at first tokens only.
 * @throws {ShapeError} If lengths do not fit.
 * @throws {RangeError} If a turn does not exist or has no token.
 * @see Schulman et al., arXiv 1506.02438, equation 16, on turns as in arXiv 2512.17008; {@link stepAdvantages} does the same from columns of steps.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { loadKernels, turnGae } from "@eddy/eddy";
 * const { advantages } = turnGae(await loadKernels(), {
 *   rewards: Float32Array.of(0, 0, 0, 1),
 *   values: new Float32Array(4),
 *   turnOf: Int32Array.of(0, 0, -1, 1),
 *   turnsPerEpisode: Uint32Array.of(2),
 *   terminated: Uint8Array.of(1),
 * }, { gamma: 0.5, lambda: 1 });
 * deepEqual([...advantages], [0.5, 0.5, 0, 1]);
 * ```
 */
export function turnGae(kernels: Kernels, columns: TurnGaeColumns, options: StepAdvantageOptions): Advantages {
  const { rewards, values, turnOf, turnsPerEpisode, terminated, bootstrap } = columns;
  checkLengths(rewards.length, { values, turnOf });
  const turns = turnsPerEpisode.reduce((sum, count) => sum + count, 0);
  const perTurn = { rewards: new Float32Array(turns), values: new Float32Array(turns).fill(NaN) };
  const seen = new Uint8Array(turns);
  let turn = -1;
  turnOf.forEach((of, token) => {
    if (of >= turns || of < -1) throw new RangeError(`Cannot give token ${token} its turn: ${of} is none of ${turns}`);
    if (of >= 0) {
      turn = of;
      if (!seen[of]) perTurn.values[of] = values[token];
      seen[of] = 1;
    }
    if (turn >= 0) perTurn.rewards[turn] += rewards[token];
  });
  const missing = seen.indexOf(0);
  if (missing >= 0) throw new RangeError(`Cannot value turn ${missing}: it has no token`);
  const made = stepAdvantages(
    kernels,
    { ...perTurn, stepsPerEpisode: turnsPerEpisode, terminated, bootstrap },
    options,
  );
  return { advantages: stepsToTokens(made.advantages, turnOf), returns: stepsToTokens(made.returns, turnOf) };
}
