import type { PlayedEpisode } from "../learning/mod.ts";
import type { ScoredQuestion } from "../policy/mod.ts";
import type { GoalEnvironment } from "./goal_environment.ts";

/** A step with what followed it: what a replay buffer keeps. */
export interface Transition extends ScoredQuestion {
  /** Which candidate was taken. */
  readonly taken: number;
  /** Of this step alone. */
  readonly reward: number;
  /** What was shown after it. */
  readonly next: string;
  /** Nothing follows. */
  readonly terminated: boolean;
}

/** The steps of an episode that was played with `keepTurns`, one candidate list for all. */
export function transitionsOf(
  { decisions, rewards, turns, terminated }: PlayedEpisode,
  candidates: readonly string[],
): Transition[] {
  const listed = Object.freeze([...candidates]); // frozen lists are turned into features once
  const texts = turns.map((shown) => shown.map(({ text }) => text).join("\n"));
  return decisions.map(({ text: action }, step) => ({
    text: texts[step],
    candidates: listed,
    taken: candidates.indexOf(action),
    reward: rewards[step],
    next: texts[step + 1],
    terminated: terminated && step === decisions.length - 1,
  }));
}

/**
 * The same steps, as if a goal that they reached had been asked for: its words stand in the texts, the step that reached
 * it is rewarded with 1, and what came later is left out. Empty where the goal was not reached.
 *
 * @see Andrychowicz et al., arXiv 1707.01495, §3.2.
 */
export function inHindsight(
  transitions: readonly Transition[],
  { asked, reached }: Pick<GoalEnvironment, "asked" | "reached">,
  goal: string,
): Transition[] {
  const end = reached.findIndex((goals) => goals.includes(goal));
  return transitions.slice(0, Math.max(0, end)).map((transition, step) => ({
    ...transition,
    text: transition.text.replace(asked, goal),
    next: transition.next.replace(asked, goal),
    reward: Number(step === end - 1),
    terminated: step === end - 1,
  }));
}
