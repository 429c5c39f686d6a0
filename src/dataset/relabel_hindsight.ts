import type { Transcript, Turn } from "../episode/mod.ts";

/** How to tell an episode with another goal. */
export interface RelabelHindsightOptions {
  /** The goal that a step reached, or undefined. */
  readonly achieved: (transcript: Transcript, step: number) => string | undefined;
  /** What is shown before a step, told as if that goal had been asked for. */
  readonly retell: (turns: readonly Turn[], goal: string, step: number) => readonly Turn[];
  /** `last`: the goal that was reached last. `each`: one episode for every goal, up to where it was first reached. Default `last`. */
  readonly goals?: "last" | "each";
}

/**
 * Tells what was reached as if it had been asked for: a failed episode is a solved one of another task.
 *
 * @returns Solved episodes, each up to and with the step that reached its goal; none where nothing was reached.
 * @see Andrychowicz et al. (2017), "Hindsight experience replay", NeurIPS, arXiv 1707.01495.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { relabelHindsight } from "@eddy/eddy";
 * const turns = [{ role: "user" as const, text: "bring the lamp" }];
 * const failed = { task: 1, success: false, total: 0, steps: [{ turns, action: "take cup" }, { turns: [], action: "wait" }] };
 * const [told] = relabelHindsight(failed, {
 *   achieved: ({ steps }, step) => steps[step].action.match(/^take (.*)/)?.[1],
 *   retell: (turns, goal) => turns.map(({ role }) => ({ role, text: `bring the ${goal}` })),
 * });
 * deepEqual([told.success, told.steps.length, told.steps[0].turns[0].text], [true, 1, "bring the cup"]);
 * ```
 */
export function relabelHindsight(
  transcript: Transcript,
  { achieved, retell, goals = "last" }: RelabelHindsightOptions,
): Transcript[] {
  const reached = new Map<string, number>();
  let last: string | undefined;
  for (const step of transcript.steps.keys()) {
    const goal = achieved(transcript, step);
    if (goal === undefined) continue;
    if (!reached.has(goal)) reached.set(goal, step);
    last = goal;
  }
  const told = goals === "each" ? [...reached.keys()] : last === undefined ? [] : [last];
  return told.map((goal) => ({
    task: transcript.task,
    success: true,
    total: 1,
    steps: transcript.steps.slice(0, reached.get(goal)! + 1)
      .map((step, index) => ({ ...step, turns: retell(step.turns, goal, index) })),
  }));
}
