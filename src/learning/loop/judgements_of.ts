import { type AgentConfiguration, textOfTurns } from "../../agent/mod.ts";
import type { JudgedStep } from "../../episode/mod.ts";
import type { RewardJudgement } from "../../policy/mod.ts";
import { isHeldOut } from "./is_held_out.ts";

/**
 * What a reward model learns from an entry of the journal: nothing from other metrics and from the held-out share, one
 * judgement otherwise. A correction teaches two things: the action that should have been taken was worth 1, and the one
 * that was taken its reward.
 */
export function judgementsOf(configuration: AgentConfiguration, judged: JudgedStep): readonly RewardJudgement[] {
  const { step, reward, source } = judged;
  if (source !== "correction" && judged.metric !== configuration.learnsFrom) return [];
  if (isHeldOut(step.id, configuration.gate.heldOutShare)) return [];
  const candidates = step.candidates ?? [];
  const indexOf = (action: string | undefined): number => action === undefined ? -1 : candidates.indexOf(action);
  const taken = step.choice ?? indexOf(step.action), right = indexOf(judged.correction);
  const text = textOfTurns(step.turns);
  return [
    ...(right >= 0 ? [{ text, candidates, choice: right, reward: 1 }] : []),
    ...(taken >= 0 && taken !== right ? [{ text, candidates, choice: taken, reward }] : []),
  ].filter(({ candidates, choice }) => canLearn(configuration, candidates[choice]));
}

/** A belief model has one list of actions; the journal may hold older ones. */
function canLearn({ policy }: AgentConfiguration, action: string): boolean {
  return policy.kind !== "reward-model" || policy.options.model !== "belief" || policy.options.actions.includes(action);
}
