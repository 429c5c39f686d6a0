import type { Transcript, TranscriptStep } from "../episode/mod.ts";

/** How to go on from a mistake. */
export interface SpliceOptions {
  /** Steps of the bad episode that are kept: the mistake and what led there. */
  readonly at: number;
  /** What leads back: steps such as an undo, or a thought that the plan must be revised. Default none. */
  readonly bridge?: readonly TranscriptStep[];
  /** Names the state before a step; equal names are one state. */
  readonly stateOf: (transcript: Transcript, step: number) => string;
  /** Masks the bad episode's steps from the common state on, so that they are not learned. Default true. */
  readonly maskMistake?: boolean;
}

/**
 * A bad beginning, what leads back, and a good end: an episode that shows how to recover.
 *
 * ```text
 * bad[0 … at)  +  bridge  +  good[j …]        j: the last visit of the good episode to the last state that it shares
 *                                                with bad[0 … at]
 * ```
 *
 * The two must have a state in common, and the bridge must lead back to it: what the good end is shown would contradict the
 * beginning otherwise.
 *
 * @throws {RangeError} If `at` is no step of the bad episode, or if no state before it is one of the good episode.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { splice, type Transcript } from "@eddy/eddy";
 * const told = (success: boolean, ...actions: string[]): Transcript => ({
 *   task: 1, success, total: Number(success), steps: actions.map((action) => ({ turns: [], action })),
 * });
 * const [bad, good] = [told(false, "left", "slip"), told(true, "left", "up")];
 * const recovered = splice(bad, good, {
 *   at: 2, // both steps, the slip as well
 *   bridge: [{ turns: [], action: "undo" }],
 *   stateOf: ({ steps }, step) => steps.slice(0, step).map(({ action }) => action).join(),
 * });
 * deepEqual(recovered.steps.map(({ action }) => action), ["left", "slip", "undo", "up"]);
 * deepEqual(recovered.steps.map(({ masked }) => masked ?? false), [false, true, false, false]);
 * ```
 */
export function splice(
  bad: Transcript,
  good: Transcript,
  { at, bridge = [], stateOf, maskMistake = true }: SpliceOptions,
): Transcript {
  if (!(Number.isInteger(at) && at >= 0 && at <= bad.steps.length)) {
    throw new RangeError(`Cannot splice after ${at} steps: the episode has ${bad.steps.length}`);
  }
  const visited = good.steps.map((_, step) => stateOf(good, step));
  for (let common = Math.min(at, bad.steps.length - 1); common >= 0; common--) {
    const from = visited.lastIndexOf(stateOf(bad, common));
    if (from < 0) continue;
    const begin = bad.steps.slice(0, at)
      .map((step, index) => maskMistake && index >= common ? { ...step, masked: true } : step);
    return { ...good, steps: [...begin, ...bridge, ...good.steps.slice(from)] };
  }
  throw new RangeError(
    `Cannot splice: of task ${bad.task}, no state before step ${at} is one that the good episode came through`,
  );
}
