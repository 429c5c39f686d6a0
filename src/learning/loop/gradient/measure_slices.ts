import type { LearningPolicy } from "../../../policy/mod.ts";
import type { Slice } from "./cut_slices.ts";

/** Columns over all sampled steps of an update, with the weights that it starts from. */
export interface Measured {
  /** [tokens] nats. */
  readonly logProbs: Float32Array;
  /** [tokens] nats. */
  readonly entropies: Float32Array;
  /** [tokens] nats, when they were sampled. */
  readonly behaviorLogProbs: Float32Array;
  /** [tokens] 1 where there was a choice. */
  readonly mask: Uint8Array;
  /** [steps] tokens of each. */
  readonly rowLengths: Uint32Array;
  /** [steps] */
  readonly values: Float32Array;
}

/** What the weights say now about steps that were taken earlier. */
export async function measureSlices(
  policy: LearningPolicy,
  slices: readonly Slice[],
  pause: () => Promise<void>,
): Promise<Measured> {
  const decisions = slices.flatMap(({ samples }) => samples.map(({ decision }) => decision));
  const tokens = decisions.reduce((sum, decision) => sum + decision.tokens.length, 0);
  const measured = {
    logProbs: new Float32Array(tokens),
    entropies: new Float32Array(tokens),
    behaviorLogProbs: new Float32Array(tokens),
    mask: new Uint8Array(tokens),
    rowLengths: Uint32Array.from(decisions, (decision) => decision.tokens.length),
    values: new Float32Array(decisions.length),
  };
  let token = 0;
  for (const { behaviorLogProbs, chosen } of decisions) {
    measured.behaviorLogProbs.set(behaviorLogProbs, token);
    measured.mask.set(chosen, token);
    token += chosen.length;
  }
  for (const { trajectories, firstToken, firstStep } of slices) {
    const { logProbs, entropies, values } = policy.evaluate(trajectories);
    measured.logProbs.set(logProbs, firstToken);
    measured.entropies.set(entropies, firstToken);
    measured.values.set(values, firstStep);
    await pause();
  }
  return measured;
}
