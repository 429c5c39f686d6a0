import type { Constraint } from "../../language/mod.ts";
import type { Decision } from "../policy.ts";
import { maskWords, type TransformerReplay } from "./replay.ts";
import { pushToken, type TransformerContext } from "./transformer_context.ts";

/** An action while it is written, token by token, under its constraint. */
export interface Action {
  readonly context: TransformerContext;
  readonly constraint: Constraint;
  readonly promptEnd: number;
  readonly behaviorLogProbs: number[];
  readonly rawLogProbs: number[];
  readonly chosen: number[];
  readonly states: number[];
  state: number;
  ended: boolean;
  /** Closed because of its length alone. */
  truncated: boolean;
  /** Estimated return before the first choice, once it was read. */
  value: number | undefined;
  /** Tokens before the first choice, once it was made. */
  valueAt: number | undefined;
  /** Tokens to guess at once, where guessing is of use. */
  draftLength: number;
}

/** What writing needs to know of the policy. */
export interface ActionLimits {
  readonly endToken: number;
  readonly maximumPositions: number;
  readonly maximumActionTokens: number;
  /** Tokens that may be guessed at once, at most. */
  readonly mostGuesses: number;
}

/** Opens an action and writes what is forced before its first choice. */
export function beginAction(
  context: TransformerContext,
  constraint: Constraint,
  roleToken: number,
  limits: ActionLimits,
): Action {
  pushToken(context, roleToken, limits.maximumPositions);
  const action: Action = {
    context,
    constraint,
    promptEnd: context.tokens.length,
    behaviorLogProbs: [],
    rawLogProbs: [],
    chosen: [],
    states: [],
    state: 0,
    ended: false,
    truncated: false,
    value: undefined,
    valueAt: undefined,
    draftLength: 2,
  };
  writeForced(action, limits);
  return action;
}

/** Writes a chosen token and whatever it forces; `counts` is false where nothing can be learned from the choice. */
export function writeChosen(
  action: Action,
  token: number,
  behaviorLogProb: number,
  rawLogProb: number,
  counts: boolean,
  limits: ActionLimits,
): void {
  action.valueAt ??= action.chosen.length;
  if (counts) action.states.push(action.constraint.row?.(action.state) ?? action.state);
  write(action, token, behaviorLogProb, rawLogProb, counts ? 1 : 0, limits);
  action.state = action.constraint.next(action.state, token);
  action.ended = token === limits.endToken;
  writeForced(action, limits);
}

function writeForced(action: Action, limits: ActionLimits): void {
  const { constraint } = action;
  while (!action.ended) {
    const full = action.chosen.length + 1 >= limits.maximumActionTokens;
    const complete = constraint.allowedCounts[action.state] === 0;
    const forced = complete ? limits.endToken : constraint.forced(action.state);
    action.truncated = full && forced !== limits.endToken;
    const token = full ? limits.endToken : forced;
    if (token < 0) return;
    write(action, token, 0, 0, 0, limits);
    action.ended = token === limits.endToken;
    if (!action.ended) action.state = constraint.next(action.state, token);
  }
}

function write(
  action: Action,
  token: number,
  behaviorLogProb: number,
  rawLogProb: number,
  chosen: 0 | 1,
  limits: ActionLimits,
): void {
  pushToken(action.context, token, limits.maximumPositions);
  action.behaviorLogProbs.push(behaviorLogProb);
  action.rawLogProbs.push(rawLogProb);
  action.chosen.push(chosen);
}

/** Closes a written action: what it was, and what replay needs. */
export function finishAction(
  action: Action,
  decode: (tokens: Uint32Array) => string,
  temperature: number,
  policyVersion: number,
): Decision {
  const { context, constraint, promptEnd } = action;
  const tokens = Uint32Array.from(context.tokens.slice(promptEnd));
  const promptTokens = Uint32Array.from(context.tokens.slice(context.promptStart, promptEnd));
  context.promptStart = context.tokens.length;
  return {
    text: decode(tokens.subarray(0, -1)),
    promptTokens,
    tokens,
    behaviorLogProbs: Float32Array.from(action.behaviorLogProbs),
    rawLogProbs: Float32Array.from(action.rawLogProbs),
    chosen: Uint8Array.from(action.chosen),
    value: action.value ?? 0,
    policyVersion,
    ...(action.truncated ? { truncated: true } : {}),
    replay: {
      masks: constraint.masks,
      words: maskWords(constraint),
      states: Uint32Array.from(action.states),
      temperature,
      forcedPrefix: action.valueAt ?? 0,
    } satisfies TransformerReplay,
  };
}
