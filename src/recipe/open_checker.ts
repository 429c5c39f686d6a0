/** How a checker is wrong. */
export interface CheckerOptions {
  /** Share of its verdicts that are wrong, from 0 to 0.5: with 0.5 they say nothing. */
  readonly noise: number;
  /** Uniforms in [0, 1). */
  readonly random: () => number;
}

/** What a checker looks at when an attempt is over. */
export interface CheckedAttempt {
  /** Whether the state at the end is what was asked for. */
  readonly success: boolean;
  /** [steps] */
  readonly actions: readonly string[];
  /** [steps] whether the task could still be solved before each action. */
  readonly solvable: readonly boolean[];
}

/** What a checker says. */
export interface CheckerVerdict {
  /** Whether it passes the attempt. */
  readonly passes: boolean;
  /** Index of the action that it blames, where it does not. */
  readonly blamed: number;
}

/**
 * A stand-in for a checker that executes and looks at the state: it sees whether an attempt came out right, and else the
 * first action after which nothing could be mended (the last one where that never happened). It never sees what would have
 * been right.
 *
 * ```text
 * with probability 2 · noise    passes by a fair coin, blames any action alike: wrong half of the time
 * else                          passes = success, blamed = min { t : not solvable before action t + 1 }
 * ```
 *
 * Verdict and blame are drawn together, so that a checker with a noise of 0.5 knows nothing at all.
 *
 * @throws {RangeError} If the noise is not in [0, 0.5]; if an attempt has no actions.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { openChecker } from "@eddy/eddy";
 * const check = openChecker({ noise: 0, random: () => 0.5 });
 * const attempt = { success: false, actions: ["look", "break", "finish"], solvable: [true, true, false] };
 * deepEqual(check(attempt), { passes: false, blamed: 1 });
 * ```
 */
export function openChecker({ noise, random }: CheckerOptions): (attempt: CheckedAttempt) => CheckerVerdict {
  if (!(noise >= 0 && noise <= 0.5)) throw new RangeError(`Cannot check with noise ${noise}: expected 0 to 0.5`);
  return ({ success, actions, solvable }) => {
    if (actions.length === 0) throw new RangeError("Cannot check an attempt without actions");
    if (random() < 2 * noise) return { passes: random() < 0.5, blamed: Math.floor(random() * actions.length) };
    const lost = solvable.indexOf(false);
    return { passes: success, blamed: Math.max(0, (lost < 0 ? actions.length : lost) - 1) };
  };
}
