import type { Turn } from "./turn.ts";

/** One decision and what it brought. */
export interface Step {
  /** What the agent was shown since its last action. */
  readonly turns: readonly Turn[];
  /** What it did. */
  readonly action: string;
  /** Reward of this step alone. */
  readonly reward: number;
  /** Estimated return before acting, when the policy has one. */
  readonly value: number;
  /** Sum over the action's tokens of the log-probability it was sampled with, in nats. */
  readonly behaviorLogProb: number;
  /** Advantage credited to it, once computed. */
  readonly advantage?: number;
}

/** One attempt at a task. */
export interface Episode {
  /** Name of the world. */
  readonly environment: string;
  /** Which task of it. */
  readonly seed: number;
  /** In order. */
  readonly steps: readonly Step[];
  /** The world ended it: nothing follows. */
  readonly terminated: boolean;
  /** It was cut off: more could have followed. */
  readonly truncated: boolean;
  /** Whether the task was solved. */
  readonly success: boolean;
  /** Updates behind the policy that acted. */
  readonly policyVersion: number;
}
