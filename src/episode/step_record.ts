import type { Turn } from "./turn.ts";

/** Which copy of the policy answered: the published one, the one on trial, or nobody (the application's own choice). */
export type Arm = "incumbent" | "canary" | "shadow";

/** One served decision as it is kept: enough to replay it bit for bit and to learn from it at any later time. */
export interface StepRecord {
  /** UUIDv7: ids rise with time, also within a millisecond of one process. */
  readonly id: string;
  /** The attempt it belongs to; the steps of an episode are ordered by their ids. */
  readonly episodeId: string;
  /** Name of the agent. */
  readonly agent: string;
  /** Published version whose weights chose; 0 is the untrained one. */
  readonly policyVersion: number;
  /** Which copy answered. */
  readonly arm: Arm;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** What the agent was shown, oldest first: the whole conversation as the request had it. */
  readonly turns: readonly Turn[];
  /** The admissible actions, where they were listed. */
  readonly candidates?: readonly string[];
  /** What was done. */
  readonly action: string;
  /** Its index among the candidates. */
  readonly choice?: number;
  /** Probability with which it was chosen, in (0, 1]: the propensity. */
  readonly propensity: number;
  /** [candidates] all probabilities, kept where there are at most 64. */
  readonly probabilities?: readonly number[];
  /** Names the random draw: equal seed, context and weights give the same choice. Unsigned 32-bit. */
  readonly seed: number;
  /** Estimated return before acting, where the policy has one. */
  readonly value?: number;
  /** What a policy over tokens needs to learn from the step; plain JSON, opaque outside the policy. */
  readonly replay?: unknown;
  /** What the policy would have done, where the application's own choice was taken (arm `shadow`). */
  readonly shadowAction?: string;
}

/** A step with the reward that was derived from its feedback. */
export interface JudgedStep {
  /** Place in the agent's journal of rewards: rises by at least 1, never changes. What was learned is known by it. */
  readonly sequence: number;
  /** The decision. */
  readonly step: StepRecord;
  /** The metric it comes from, or `correction`. */
  readonly metric: string;
  /** In [0, 1], more is better. */
  readonly reward: number;
  /** Where it comes from: a judgement, silence at the end of the window, or an action that should have been taken. */
  readonly source: "judged" | "missing" | "correction";
  /** The action that should have been taken, for `correction`. */
  readonly correction?: string;
  /** Milliseconds since 1970 at which the reward was derived. */
  readonly settledAt: number;
}
