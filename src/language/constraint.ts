/**
 * What may be written next, token by token: a deterministic automaton over token ids.
 *
 * State 0 is the start. In every state the allowed tokens are a bit set; taking one leads to the next state; a state
 * without allowed tokens is the end of the action. All states' masks stand in one table, so that a learner can name a
 * mask by its state.
 */
export interface Constraint {
  /** One more than the largest token id. */
  readonly vocabularySize: number;
  /** [states × ceil(vocabularySize / 32)] bit `t % 32` of word `t >> 5` is set when token `t` is allowed. */
  readonly masks: Uint32Array;
  /** Number of allowed tokens of each state. */
  readonly allowedCounts: Uint32Array;
  /** The state after `token`. @throws {RangeError} If the token is not allowed in `state`. */
  next(state: number, token: number): number;
  /** The only allowed token, or -1. */
  forced(state: number): number;
}
