import type { RewardJudgement } from "./reward_model.ts";

/** The judgement with its weight. @throws {RangeError} If a number is outside of what it may be. */
export function checkJudgement(judgement: RewardJudgement): Required<RewardJudgement> {
  const { text, candidates, choice, reward, weight = 1 } = judgement;
  if (!Number.isInteger(choice) || choice < 0 || choice >= candidates.length) {
    throw new RangeError(`Cannot learn: choice ${choice} is none of ${candidates.length} candidates`);
  }
  if (!(reward >= 0 && reward <= 1)) throw new RangeError(`Cannot learn: reward must be in [0, 1], got ${reward}`);
  if (!(weight >= 0 && Number.isFinite(Math.fround(weight)))) {
    throw new RangeError(`Cannot learn: weight must be finite and not negative, got ${weight}`);
  }
  return { text, candidates, choice, reward, weight };
}
