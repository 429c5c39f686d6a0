import type { Turn } from "../episode/mod.ts";
import type { Policy, Trajectory } from "../policy/mod.ts";
import type { Transcript } from "./transcript.ts";

/**
 * A transcript as a policy's own trajectory, to learn from. Masked steps are part of it, and nothing in them is chosen.
 *
 * @param before What is said before the first turn.
 * @throws {RangeError} If the policy could not have done one of its actions.
 */
export function demonstrate(policy: Policy, transcript: Transcript, before: readonly Turn[] = []): Trajectory {
  using context = policy.open();
  context.append(before);
  const decisions = transcript.steps.map(({ turns, candidates, action, masked }) => {
    context.append(turns);
    const decision = policy.demonstrate({ context, candidates, seed: 0, stream: 0 }, action);
    return masked ? { ...decision, chosen: new Uint8Array(decision.chosen.length) } : decision;
  });
  return { decisions };
}
