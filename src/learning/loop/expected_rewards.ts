import type { JudgedStep } from "../../episode/mod.ts";
import type { AgentLearner } from "./agent_learner.ts";

/** What was expected of each step when it was taken; where that was not kept, what `published` expects of it now. */
export function expectedRewards(
  judged: readonly JudgedStep[],
  published: Pick<AgentLearner, "assess">,
): ArrayLike<number> | undefined {
  const told = judged.flatMap(({ step: { value } }) => value === undefined ? [] : [value]);
  return told.length === judged.length ? told : published.assess(judged).logged;
}
