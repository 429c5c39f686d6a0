import type { Policy } from "../policy/mod.ts";
import { answersTo } from "./answers_to.ts";
import type { Example } from "./example_of.ts";

/**
 * Share of questions that a policy answers exactly, most likely token by most likely token; 0 of none.
 *
 * @param candidates What may be answered; anything unless given.
 */
export function measureAnswers(policy: Policy, examples: readonly Example[], candidates?: readonly string[]): number {
  const answers = answersTo(policy, examples.map(({ question }) => question), { candidates });
  return examples.filter(({ answer }, index) => answer === answers[index]).length / Math.max(1, examples.length);
}
