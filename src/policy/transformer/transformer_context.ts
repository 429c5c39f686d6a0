import { EddyError } from "../../errors.ts";
import type { Turn } from "../../episode/mod.ts";
import type { Context } from "../policy.ts";

/** The memory of one episode: its tokens, and how many of them the model has read into its cache. */
export interface TransformerContext extends Context {
  /** The model's memory of it; another one where a conversation that begins alike was read before. */
  slot: number;
  readonly tokens: number[];
  /** Tokens that stand in the cache; the others are read with the next ones. */
  fed: number;
  /** Weights that the cache was made with; another number means that all of it must be read again. */
  weights: number;
  /** Where the tokens after the previous action begin. */
  promptStart: number;
  readonly disposed: boolean;
}

/** What a context needs of its policy. */
export interface ContextOwner {
  /** Tokens of turns. */
  readonly encode: (turns: readonly Turn[]) => readonly number[];
  /** Forgets what the slot has read after `length` tokens. */
  readonly truncate: (slot: number, length: number) => void;
  /** Gives the slot back, which was read with those weights. */
  readonly close: (slot: number, weights: number) => void;
}

/** Opens a context. */
export function openContext(slot: number, weights: number, owner: ContextOwner): TransformerContext {
  let disposed = false;
  const tokens: number[] = [];
  return {
    slot,
    tokens,
    fed: 0,
    weights,
    promptStart: 0,
    get disposed(): boolean {
      return disposed;
    },
    append(turns): void {
      if (disposed) throw new TypeError("Cannot append: the context is disposed");
      for (const token of owner.encode(turns)) tokens.push(token);
    },
    restart(turns): void {
      if (disposed) throw new TypeError("Cannot restart: the context is disposed");
      const next = owner.encode(turns);
      let common = 0;
      while (common < this.fed && common < next.length && next[common] === tokens[common]) common++;
      owner.truncate(this.slot, common);
      this.fed = common;
      this.promptStart = 0;
      tokens.length = 0;
      for (const token of next) tokens.push(token);
    },
    [Symbol.dispose](): void {
      if (!disposed) owner.close(this.slot, this.weights);
      disposed = true;
    },
  };
}

/** Adds one token. @throws {EddyError} `configuration_invalid` If the model cannot read that far. */
export function pushToken(context: TransformerContext, token: number, maximumPositions: number): void {
  if (context.tokens.length >= maximumPositions) {
    throw new EddyError(
      "configuration_invalid",
      `Cannot go on: the episode has ${context.tokens.length} tokens, the model reads ${maximumPositions}; ` +
        "raise 'maximumPositions' or shorten the episodes",
    );
  }
  context.tokens.push(token);
}
