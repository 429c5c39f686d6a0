import type { Trajectory } from "../policy.ts";
import type { TransformerReplay } from "./replay.ts";

/** Tells the model that every token is allowed. */
const NO_MASK = 0xffffffff;

/** Episodes as the model reads them: one ragged batch of tokens, and where in it choices and values stand. */
export interface PackedTrajectories {
  readonly tokens: Uint32Array;
  readonly lengths: Uint32Array;
  /** [chosen] row before each chosen token, the token, and the row of `masks` it was chosen under. */
  readonly rows: Uint32Array;
  readonly targets: Uint32Array;
  readonly maskIndex: Uint32Array;
  readonly masks: Uint32Array;
  /** [chosen] place of each chosen token in the columns. */
  readonly places: Uint32Array;
  /** [steps] row before each action's first choice. */
  readonly valueRows: Uint32Array;
  /** Length of the columns: tokens of all actions, and of all prompts where these are scored. */
  readonly columnTokens: number;
  readonly temperature: number;
}

/**
 * Lays episodes end to end. What follows an episode's last choice is left out: nothing there is learned from.
 *
 * @param words Words of one mask row of the model.
 * @param prompts Whether to score what the agent was shown, too.
 * @throws {TypeError} If decisions were sampled at different temperatures.
 */
export function packTrajectories(
  trajectories: readonly Trajectory[],
  words: number,
  prompts: boolean,
): PackedTrajectories {
  const size = measure(trajectories, prompts);
  const tokens = new Uint32Array(size.tokens);
  const rows = new Uint32Array(size.chosen), targets = new Uint32Array(size.chosen);
  const maskIndex = new Uint32Array(size.chosen), places = new Uint32Array(size.chosen);
  const valueRows = new Uint32Array(size.steps);
  const lengths: number[] = [];
  const table = new MaskTable(words);
  let temperature: number | undefined;
  let at = 0, choice = 0, step = 0, place = 0;
  for (const { decisions } of trajectories) {
    const start = at;
    let end = at;
    for (const { promptTokens, tokens: action, chosen, replay } of decisions) {
      const { masks, words: own, states, forcedPrefix, temperature: sampledAt } = replay as TransformerReplay;
      tokens.set(promptTokens, at);
      if (prompts) {
        // Nothing stands before an episode's first token, so it is not predicted.
        for (let token = at === start ? 1 : 0; token < promptTokens.length; token++) {
          rows[choice] = at + token - 1;
          targets[choice] = promptTokens[token];
          maskIndex[choice] = NO_MASK;
          places[choice++] = place + token;
        }
        place += promptTokens.length;
      }
      at += promptTokens.length;
      tokens.set(action, at);
      valueRows[step] = at + forcedPrefix - 1;
      end = valueRows[step++] + 1;
      for (let token = 0, seen = 0; token < action.length; token++) {
        if (chosen[token] === 0) continue;
        rows[choice] = at + token - 1;
        end = at + token;
        targets[choice] = action[token];
        maskIndex[choice] = masks.length === 0 ? NO_MASK : table.row(masks, states[seen++], own);
        places[choice++] = place + token;
      }
      if (states.length > 0) {
        if (temperature !== undefined && temperature !== sampledAt) {
          throw new TypeError(`Cannot evaluate together: sampled at temperatures ${temperature} and ${sampledAt}`);
        }
        temperature = sampledAt;
      }
      at += action.length;
      place += action.length;
    }
    at = end;
    if (end > start) lengths.push(end - start);
  }
  return {
    tokens: tokens.subarray(0, at),
    lengths: Uint32Array.from(lengths),
    rows: rows.subarray(0, choice),
    targets: targets.subarray(0, choice),
    maskIndex: maskIndex.subarray(0, choice),
    masks: table.masks(),
    places: places.subarray(0, choice),
    valueRows,
    columnTokens: place,
    temperature: temperature ?? 1,
  };
}

function measure(
  trajectories: readonly Trajectory[],
  prompts: boolean,
): { tokens: number; chosen: number; steps: number } {
  let tokens = 0, chosen = 0, steps = 0;
  for (const { decisions } of trajectories) {
    for (const decision of decisions) {
      tokens += decision.promptTokens.length + decision.tokens.length;
      chosen += (decision.replay as TransformerReplay).states.length + (prompts ? decision.promptTokens.length : 0);
      steps += 1;
    }
  }
  return { tokens, chosen, steps };
}

/** The mask rows that are used, each once. */
class MaskTable {
  readonly #rows = new Map<Uint32Array, Int32Array>();
  readonly #used: Uint32Array[] = [];

  constructor(readonly words: number) {}

  row(masks: Uint32Array, state: number, own: number): number {
    let known = this.#rows.get(masks);
    if (known === undefined) this.#rows.set(masks, known = new Int32Array(masks.length / own).fill(-1));
    if (known[state] < 0) known[state] = this.#used.push(masks.subarray(state * own, (state + 1) * own)) - 1;
    return known[state];
  }

  masks(): Uint32Array {
    const table = new Uint32Array(this.#used.length * this.words);
    for (const [row, mask] of this.#used.entries()) table.set(mask, row * this.words);
    return table;
  }
}
