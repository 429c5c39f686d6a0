import { allowedTokens } from "../../language/mod.ts";
import type { SamplingOptions } from "../policy.ts";
import { type Action, type ActionLimits, writeChosen } from "./_action.ts";
import type { TransformerModel } from "./initialize_transformer.ts";

/** Where an action's draws come from. */
export interface DrawSource {
  readonly seed: bigint;
  readonly stream: number;
}

const NO_MASK = 0xffffffff;

/**
 * Writes all actions to their ends: every round feeds what is unread of the unfinished ones as one batch and draws one
 * token for each.
 *
 * What a round of one action computes depends on its own tokens alone, whoever else is in the batch.
 */
export function writeActions(
  model: TransformerModel,
  actions: readonly Action[],
  sources: readonly DrawSource[],
  options: SamplingOptions,
  limits: ActionLimits,
): void {
  // An action without a choice is read too, as far as its prompt: its value stands there.
  for (let rows = [...actions.keys()]; rows.length > 0;) {
    feed(model, rows.map((row) => actions[row]));
    draw(model, rows.map((row) => actions[row]), rows.map((row) => sources[row]), options, limits);
    rows = rows.filter((row) => !actions[row].ended);
  }
}

function feed(model: TransformerModel, actions: readonly Action[]): void {
  const slots = Uint32Array.from(actions, ({ context }) => context.slot);
  const unread = actions.map((action) => {
    const { tokens, fed } = action.context;
    action.context.fed = action.ended ? action.promptEnd : tokens.length;
    return tokens.slice(fed, action.context.fed);
  });
  model.feed(slots, Uint32Array.from(unread, (tokens) => tokens.length), Uint32Array.from(unread.flat()));
  if (actions.every(({ value }) => value !== undefined)) return;
  const values = model.lastValues();
  for (const [row, action] of actions.entries()) action.value ??= values[row];
}

function draw(
  model: TransformerModel,
  actions: readonly Action[],
  sources: readonly DrawSource[],
  options: SamplingOptions,
  limits: ActionLimits,
): void {
  if (actions.every(({ ended }) => ended)) return;
  const { temperature = 1, topK = 0, topP = 1, minP = 0 } = options;
  using samples = model.sampleLast(
    Uint32Array.from(actions, ({ ended }, row) => ended ? NO_MASK : row),
    maskRows(actions, model),
    temperature,
    topK,
    topP,
    minP,
    BigUint64Array.from(sources, ({ seed }) => seed),
    Uint32Array.from(sources, ({ stream }) => stream),
    // A token's place in its episode names its draw.
    Uint32Array.from(actions, ({ context }) => context.tokens.length),
  );
  const { tokens, behaviorLogProbs, rawLogProbs } = samples;
  for (const [row, action] of actions.entries()) {
    if (action.ended) continue;
    // Taking the most likely token is no draw: its probability is 1 and nothing is learned from it.
    writeChosen(action, tokens[row], behaviorLogProbs[row], rawLogProbs[row], temperature > 0, limits);
  }
}

function maskRows(actions: readonly Action[], model: TransformerModel): Uint32Array {
  const words = Math.ceil(model.tensorShape("model.embed_tokens.weight")[0] / 32);
  const rows = new Uint32Array(actions.length * words);
  for (const [row, { constraint, state }] of actions.entries()) {
    rows.set(allowedTokens(constraint, state), row * words);
  }
  return rows;
}
