import { allowedTokens } from "../../language/mod.ts";
import type { SamplingOptions } from "../policy.ts";
import { type Action, type ActionLimits, writeChosen } from "./_action.ts";
import { type Draft, draftAction, learnDraftLength, noDraft } from "./_draft.ts";
import { type ActingModel, isPacked } from "./acting_model.ts";

/** Where an action's draws come from. */
export interface DrawSource {
  readonly seed: bigint;
  readonly stream: number;
}

const NO_MASK = 0xffffffff;

/** An action's part of a round: where it stood, and what it may go on with. */
interface Turn {
  readonly action: Action;
  readonly source: DrawSource;
  readonly draft: Draft;
  /** Tokens before the draft; the first draw is for this place. */
  readonly start: number;
  readonly ended: boolean;
}

/**
 * Writes all actions to their ends: every round feeds what is unread of the unfinished ones as one batch and draws one
 * token for each; a packed model reads guessed tokens along, and keeps those that the draws confirm.
 *
 * What a round of one action computes depends on its own tokens alone, whoever else is in the batch.
 */
export function writeActions(
  model: ActingModel,
  actions: readonly Action[],
  sources: readonly DrawSource[],
  options: SamplingOptions,
  limits: ActionLimits,
): void {
  // An action without a choice is read too, as far as its prompt: its value stands there.
  for (let rows = [...actions.keys()]; rows.length > 0;) {
    const turns = rows.map((row): Turn => {
      const action = actions[row], { ended } = action;
      return {
        action,
        ended,
        source: sources[row],
        draft: isPacked(model) && !ended ? draftAction(action, limits) : noDraft(action),
        start: ended ? action.promptEnd : action.context.tokens.length,
      };
    });
    feed(model, turns);
    draw(model, turns, options, limits);
    rows = rows.filter((row) => !actions[row].ended);
  }
}

function feed(model: ActingModel, turns: readonly Turn[]): void {
  const slots = Uint32Array.from(turns, ({ action }) => action.context.slot);
  const unread = turns.map(({ action: { context }, draft, start }) => {
    const tokens = [...context.tokens.slice(context.fed, start), ...draft.tokens];
    context.fed = start + draft.tokens.length;
    return tokens;
  });
  const counts = Uint32Array.from(unread, (tokens) => tokens.length), tokens = Uint32Array.from(unread.flat());
  if (isPacked(model)) {
    model.feed(
      slots,
      counts,
      tokens,
      Uint32Array.from(turns, ({ draft }) => draft.tokens.length + 1),
    );
  } else model.feed(slots, counts, tokens);
  if (turns.every(({ action }) => action.value !== undefined)) return;
  const values = model.lastValues();
  let first = 0;
  for (const { action, draft } of turns) {
    action.value ??= values[first];
    first += draft.tokens.length + 1;
  }
}

function draw(model: ActingModel, turns: readonly Turn[], options: SamplingOptions, limits: ActionLimits): void {
  if (turns.every(({ ended }) => ended)) return;
  const { temperature = 1, topK = 0, topP = 1, minP = 0, raw = true } = options;
  const rows = turns.flatMap((turn) =>
    Array.from({ length: turn.draft.tokens.length + 1 }, (_, row) => ({ turn, row }))
  );
  const { index, masks } = maskRows(rows, model, raw);
  using samples = model.sampleLast(
    index,
    masks,
    temperature,
    topK,
    topP,
    minP,
    BigUint64Array.from(rows, ({ turn }) => turn.source.seed),
    Uint32Array.from(rows, ({ turn }) => turn.source.stream),
    // A token's place in its episode names its draw.
    Uint32Array.from(rows, ({ turn, row }) => turn.start + row),
    raw,
  );
  const { tokens, behaviorLogProbs, rawLogProbs } = samples;
  let first = 0;
  for (const { action, draft, start, ended } of turns) {
    const { context } = action;
    let right = 0;
    while (!ended && !action.ended && right === context.tokens.length - start && draft.choices.has(right)) {
      const at = first + right;
      // Taking the most likely token is no draw: its probability is 1 and nothing is learned from it.
      writeChosen(action, tokens[at], behaviorLogProbs[at], rawLogProbs[at], temperature > 0, limits);
      while (right < draft.tokens.length && context.tokens[start + right] === draft.tokens[right]) right++;
    }
    if (right < draft.tokens.length) model.truncateSlot(context.slot, start + right);
    context.fed = start + right;
    learnDraftLength(action, draft.tokens.length, right);
    first += draft.tokens.length + 1;
  }
}

/**
 * The masks of the rows at which a choice is made. The others draw in vain: from all tokens, or, where no raw
 * log-probability is asked for, from the first, so that they need no whole row of logits.
 */
function maskRows(
  rows: readonly { readonly turn: Turn; readonly row: number }[],
  model: ActingModel,
  raw: boolean,
): { readonly index: Uint32Array; readonly masks: Uint32Array } {
  const words = Math.ceil(model.tensorShape("model.embed_tokens.weight")[0] / 32);
  const masks = new Uint32Array(rows.length * words);
  const index = Uint32Array.from(rows, ({ turn: { action: { constraint }, draft, ended }, row }, at) => {
    const state = draft.choices.get(row);
    if (ended || state === undefined) {
      if (raw) return NO_MASK;
      masks[at * words] = 1;
      return at;
    }
    masks.set(allowedTokens(constraint, state), at * words);
    return at;
  });
  return { index, masks };
}
