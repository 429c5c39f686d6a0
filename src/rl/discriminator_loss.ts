import type { Kernels } from "../kernels/mod.ts";
import { judgedLoss } from "./judged_loss.ts";

/** Columns of {@link discriminatorLoss}. */
export interface DiscriminatorColumns {
  /** `[steps]`, nats: logit that the agent, not the expert, took the step. */
  readonly logits: Float32Array;
  /** `[steps]`: 1 = the agent's, 0 = the expert's. */
  readonly isAgent: Uint8Array;
}

/** Settings of {@link discriminatorLoss}. */
export interface DiscriminatorOptions {
  /** Both classes count the same, however many steps each has; default true. */
  readonly balanced?: boolean;
  /** Labels are drawn to ½ by half of this: 0 becomes ε/2, 1 becomes 1 − ε/2; default 0. */
  readonly labelSmoothing?: number;
}

/** A loss over logits, its gradient and its metrics. */
export interface DiscriminatorLoss {
  /** NaN or infinite when a logit was. */
  readonly loss: number;
  /** `[steps]`: gradient of `loss` by `logits`. */
  readonly dLogits: Float32Array;
  /** What was seen on the way. */
  readonly metrics: {
    /** Share of steps that were told apart rightly; near 1 the reward says who acted, not how well. */
    readonly accuracy: number;
    /** Steps whose loss or gradient is NaN or infinite. */
    readonly nonFinite: number;
  };
}

/**
 * Teaches a discriminator to tell the agent's steps from the expert's; `discriminatorRewards` turns it into a reward.
 *
 * ```text
 * D = σ(logit) = P(agent)      y = isAgent, smoothed
 * loss = Σ_steps c·(−y·ln D − (1−y)·ln(1−D)) / steps      balanced: c = steps / (2·steps of its class)
 * ```
 *
 * Unbalanced, the share of each class hides in the logit, and the reward of an agent that nobody can tell apart is not that of D = ½.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logits` | `[steps]` | nats | high = the agent's |
 * | `isAgent` | `[steps]` | 0/1 | who took the step |
 *
 * @returns Loss, its gradient `[steps]` by `logits`, and metrics. No steps: 0.
 * @throws {ShapeError} If lengths differ.
 * @throws {RangeError} If `labelSmoothing` is not from 0 to 1.
 * @see Ho & Ermon, arXiv 1606.03476, equation 17.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { discriminatorLoss, loadKernels } from "@eddy/eddy";
 * const columns = { logits: new Float32Array(3), isAgent: Uint8Array.of(1, 1, 0) };
 * const { dLogits } = discriminatorLoss(await loadKernels(), columns);
 * equal([...dLogits].join(), "-0.125,-0.125,0.25"); // half of the pull for each class
 * ```
 */
export function discriminatorLoss(
  kernels: Kernels,
  columns: DiscriminatorColumns,
  options: DiscriminatorOptions = {},
): DiscriminatorLoss {
  const { logits, isAgent } = columns;
  const { balanced = true, labelSmoothing = 0 } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RangeError(`Cannot use labelSmoothing '${labelSmoothing}': it must be from 0 to 1`);
  }
  const agents = isAgent.reduce((sum, agent) => sum + Number(agent !== 0), 0);
  const share = (count: number) => balanced ? isAgent.length / (2 * Math.max(count, 1)) : 1;
  const [agent, expert] = [share(agents), share(isAgent.length - agents)];
  const { loss, dLogProbs, metrics } = judgedLoss(kernels, {
    logProbs: logits,
    rowLengths: new Uint32Array(logits.length).fill(1),
    labels: Float32Array.from(isAgent, (own) => own ? 1 - labelSmoothing / 2 : labelSmoothing / 2),
    weights: Float32Array.from(isAgent, (own) => own ? agent : expert),
  }, { kind: "cross-entropy", beta: 1 });
  return { loss, dLogits: dLogProbs, metrics: { accuracy: metrics.accuracy, nonFinite: metrics.nonFinite } };
}
