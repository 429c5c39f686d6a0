import type { Policy } from "../policy.ts";

/** What is to be chosen, in words: a context's text and the admissible actions. */
export interface ScoredQuestion {
  /** What the agent has been shown. */
  readonly text: string;
  /** The admissible actions. */
  readonly candidates: readonly string[];
}

/**
 * A policy whose scores can be read and trained, candidate by candidate: they are logits where it acts, and may be values
 * of actions where it does not.
 */
export interface LinearPolicy extends Policy {
  /**
   * The scores of all candidates, question after question; keeps what {@linkcode backwardScores} needs.
   *
   * @returns [questions × candidates]
   */
  scores(questions: readonly ScoredQuestion[]): Float32Array;
  /**
   * Adds the gradient of a loss by the last scores to the accumulated one.
   *
   * @param dScores [questions × candidates]
   */
  backwardScores(dScores: Float32Array): void;
  /**
   * Moves every weight by `share` of the way to another policy's of the same options: a slow copy.
   *
   * @throws {TypeError} If the other is not such a policy.
   */
  follow(other: LinearPolicy, share: number): void;
}
