import type { ActingModel } from "../transformer/mod.ts";
import { isPacked } from "../transformer/acting_model.ts";

/** A slot of the model and the tokens that it has read. */
export interface ReadSlot {
  readonly slot: number;
  readonly tokens: number[];
  /** The adapter that read them, if any. */
  readonly adapter?: number;
}

/** Slots that keep what they have read after an answer, so that the next prompt is read only where it is new. */
export interface ReadSlots extends Disposable {
  /** Whether slots can begin with what others, still in use, have read: packed models share that memory. */
  readonly canShare: boolean;
  /** A slot that holds the longest beginning of a prompt that its adapter knows, at most all but its last token. */
  take(prompt: Uint32Array, adapter?: number): ReadSlot;
  /** Gives a slot back with what it has read. */
  keep(slot: ReadSlot): void;
  /** Closes what an adapter has read. */
  drop(adapter: number): void;
}

/** @param most Slots that are kept while nobody uses them. */
export function createReadSlots(model: ActingModel, most: number): ReadSlots {
  const idle: ReadSlot[] = [];
  const used = new Set<ReadSlot>();

  /** The slot in use that shares the longest beginning, where that is longer than `longest`. */
  function shareUsed(prompt: Uint32Array, adapter: number | undefined, longest: number): ReadSlot | undefined {
    if (!isPacked(model)) return undefined;
    let best: ReadSlot | undefined;
    for (const slot of used) {
      const length = slot.adapter === adapter ? sharedLength(slot.tokens, prompt) : 0;
      if (length > longest) [best, longest] = [slot, length];
    }
    if (!best) return undefined;
    const slot = model.copySlot(best.slot, longest);
    model.adaptSlot(slot, adapter);
    return { slot, tokens: best.tokens.slice(0, longest), adapter };
  }

  /** An idle slot, or a fresh one where there is room for another. */
  function reuseIdle(adapter: number | undefined, lengths: readonly number[], longest: number): ReadSlot {
    // Without a common beginning a fresh slot is better while there is room: what is kept may still be of use.
    const place = longest > 0 || idle.length >= most ? Math.max(0, lengths.indexOf(longest)) : -1;
    const [found] = place < 0 ? [] : idle.splice(place, 1);
    const slot = found?.slot ?? model.openSlot();
    if (found) model.truncateSlot(slot, longest);
    if (found?.adapter !== adapter) model.adaptSlot(slot, adapter);
    return { slot, tokens: found?.tokens.slice(0, longest) ?? [], adapter };
  }

  return {
    canShare: isPacked(model),
    take: (prompt, adapter) => {
      const lengths = idle.map((slot) => slot.adapter === adapter ? sharedLength(slot.tokens, prompt) : 0);
      const longest = Math.max(0, ...lengths);
      const taken = shareUsed(prompt, adapter, longest) ?? reuseIdle(adapter, lengths, longest);
      used.add(taken);
      return taken;
    },
    keep: (slot) => {
      used.delete(slot);
      idle.push(slot);
      if (idle.length > most) model.closeSlot(idle.shift()!.slot);
    },
    drop: (adapter) => {
      for (const { slot } of idle.filter((kept) => kept.adapter === adapter)) model.closeSlot(slot);
      idle.splice(0, idle.length, ...idle.filter((kept) => kept.adapter !== adapter));
    },
    [Symbol.dispose]: () => {
      for (const { slot } of idle) model.closeSlot(slot);
      idle.length = 0;
    },
  };
}

/** Tokens that both begin with. The prompt's last is read again in any case: what follows it is asked for. */
export function sharedLength(tokens: readonly number[], prompt: ArrayLike<number>): number {
  let length = 0;
  while (length < tokens.length && length < prompt.length - 1 && tokens[length] === prompt[length]) length++;
  return length;
}
