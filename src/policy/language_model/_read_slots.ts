import type { ActingModel } from "../transformer/mod.ts";

/** A slot of the model and the tokens that it has read. */
export interface ReadSlot {
  readonly slot: number;
  readonly tokens: number[];
  /** The adapter that read them, if any. */
  readonly adapter?: number;
}

/** Slots that keep what they have read after an answer, so that the next prompt is read only where it is new. */
export interface ReadSlots extends Disposable {
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
  return {
    take: (prompt, adapter) => {
      const lengths = idle.map((slot) => slot.adapter === adapter ? sharedLength(slot.tokens, prompt) : 0);
      const longest = Math.max(0, ...lengths);
      // Without a common beginning a fresh slot is better while there is room: what is kept may still be of use.
      const place = longest > 0 || idle.length >= most ? Math.max(0, lengths.indexOf(longest)) : -1;
      const [found] = place < 0 ? [] : idle.splice(place, 1);
      const slot = found?.slot ?? model.openSlot();
      if (found) model.truncateSlot(slot, longest);
      if (found?.adapter !== adapter) model.adaptSlot(slot, adapter);
      return { slot, tokens: found?.tokens.slice(0, longest) ?? [], adapter };
    },
    keep: (slot) => {
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

/** The last token is read again in any case: what follows it is asked for. */
function sharedLength(tokens: readonly number[], prompt: Uint32Array): number {
  let length = 0;
  while (length < tokens.length && length < prompt.length - 1 && tokens[length] === prompt[length]) length++;
  return length;
}
