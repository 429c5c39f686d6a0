/**
 * What may be written next, token by token: a deterministic automaton over token ids.
 *
 * State 0 is the start. In every state the allowed tokens are a bit set; taking one leads to the next state; a state
 * without allowed tokens is the end of the action. The masks stand in one table, so that a learner can name a mask by its
 * row.
 *
 * A constraint whose states are found as they are reached (see {@linkcode compileConstraint}) lengthens its table: read
 * `masks` again after every {@linkcode next}. Rows that were there stay where they are.
 */
export interface Constraint {
  /** One more than the largest token id. */
  readonly vocabularySize: number;
  /** [rows × ceil(vocabularySize / 32)] bit `t % 32` of word `t >> 5` is set when token `t` is allowed. */
  readonly masks: Uint32Array;
  /** [states] Number of allowed tokens of each state. */
  readonly allowedCounts: Uint32Array;
  /** The row of `masks` that holds a state's tokens. Absent: the state's own number. */
  row?(state: number): number;
  /** The state after `token`. @throws {RangeError} If the token is not allowed in `state`. */
  next(state: number, token: number): number;
  /** The only allowed token, or -1. */
  forced(state: number): number;
}
