import { allowedTokens } from "../../language/mod.ts";
import type { Action, ActionLimits } from "./_action.ts";

/** Tokens that an action may go on with, read before they are chosen; what was guessed wrong is forgotten again. */
export interface Draft {
  readonly tokens: readonly number[];
  /** Number of drafted tokens before each choice, and the constraint's state there. */
  readonly choices: ReadonlyMap<number, number>;
}

/** Tokens that must agree before what followed them is guessed again: the longer first. */
const AGREEING = [4, 3, 2];
/** Tokens that are searched, from the end. */
const REACH = 4096;

/** A longer draft costs more where it is wrong than it saves where it is right. */
const LONGEST = 16;

/** An action that only ends, or draws one token at a time. */
export function noDraft(action: Action): Draft {
  return { tokens: [], choices: new Map([[0, action.state]]) };
}

/**
 * What followed the last place where the last few tokens stood before ("prompt lookup"), with what the constraint forces
 * in between.
 *
 * Only speed depends on it: each token is drawn from the same logits by the same number, drafted or not.
 */
export function draftAction(action: Action, limits: ActionLimits): Draft {
  const { constraint, context } = action;
  const guesses = lookup(context.tokens, Math.min(action.draftLength, limits.mostGuesses));
  const tokens: number[] = [], choices = new Map([[0, action.state]]);
  const room = Math.min(
    limits.maximumPositions - context.tokens.length,
    limits.maximumActionTokens - action.chosen.length,
  ) - 1;
  let state = action.state;
  const push = (token: number): boolean => {
    const ends = token === limits.endToken || tokens.length >= room;
    if (!ends) {
      tokens.push(token);
      state = constraint.next(state, token);
    }
    return !ends;
  };
  for (let i = 0; i < guesses.length; i = tokens.length) {
    // What was forced in between was guessed, too, or the guess is worth nothing.
    if (tokens.some((token, at) => token !== guesses[at]) || !allows(action, state, guesses[i])) break;
    if (!push(guesses[i])) break;
    let forced = constraint.forced(state);
    while (constraint.allowedCounts[state] > 0 && forced >= 0 && push(forced)) forced = constraint.forced(state);
    if (constraint.allowedCounts[state] === 0 || forced >= 0) break;
    choices.set(tokens.length, state);
  }
  return { tokens, choices };
}

/** Guesses more where all was right, and less where nothing was. */
export function learnDraftLength(action: Action, drafted: number, right: number): void {
  if (drafted === 0) return;
  if (right === drafted) action.draftLength = Math.min(LONGEST, 2 * action.draftLength);
  else if (right === 0) action.draftLength = Math.max(1, action.draftLength >> 1);
}

function allows({ constraint }: Action, state: number, token: number): boolean {
  return token < constraint.vocabularySize && (allowedTokens(constraint, state)[token >> 5] >>> (token & 31) & 1) === 1;
}

function lookup(tokens: readonly number[], most: number): readonly number[] {
  if (most === 0) return [];
  const end = tokens.length;
  for (const agreeing of AGREEING) {
    for (let at = end - agreeing - 1; at >= Math.max(0, end - REACH); at--) {
      let same = 0;
      while (same < agreeing && tokens[at + same] === tokens[end - agreeing + same]) same++;
      if (same === agreeing) return tokens.slice(at + agreeing, at + agreeing + most);
    }
  }
  return [];
}
