import type { Policy, Trajectory } from "../policy/mod.ts";

/** A question with its answer. */
export interface Example {
  /** What is asked. */
  readonly question: string;
  /** What should be said. */
  readonly answer: string;
}

/**
 * An example as a trajectory of one decision, to learn from.
 *
 * @param candidates What may be answered; anything unless given.
 * @throws {RangeError} If the answer is no candidate.
 */
export function exampleOf(policy: Policy, { question, answer }: Example, candidates?: readonly string[]): Trajectory {
  using context = policy.open();
  context.append([{ role: "user", text: question }]);
  return { decisions: [policy.demonstrate({ context, candidates, seed: 0, stream: 0 }, answer)] };
}
