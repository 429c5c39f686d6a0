import type { Turn } from "../episode/mod.ts";
import type { Policy, Trajectory } from "../policy/mod.ts";
import type { Transcript } from "./transcript.ts";

/**
 * A transcript as a policy's own trajectory, to learn from.
 *
 * @param before What is said before the first turn.
 * @throws {RangeError} If the policy could not have done one of its actions.
 */
export function demonstrate(policy: Policy, transcript: Transcript, before: readonly Turn[] = []): Trajectory {
  using context = policy.open();
  context.append(before);
  const decisions = transcript.steps.map(({ turns, candidates, action }) => {
    context.append(turns);
    return policy.demonstrate({ context, candidates, seed: 0, stream: 0 }, action);
  });
  return { decisions };
}
