import type { ActingModel } from "../transformer/mod.ts";

/** A slot of the model and the tokens that it has read. */
export interface ReadSlot {
  readonly slot: number;
  readonly tokens: number[];
}

/** Slots that keep what they have read after an answer, so that the next prompt is read only where it is new. */
export interface ReadSlots extends Disposable {
  /** A slot that holds the longest known beginning of a prompt, at most all but its last token, and nothing else. */
  take(prompt: Uint32Array): ReadSlot;
  /** Gives a slot back with what it has read. */
  keep(slot: ReadSlot): void;
}

/** @param most Slots that are kept while nobody uses them. */
export function createReadSlots(model: ActingModel, most: number): ReadSlots {
  const idle: ReadSlot[] = [];
  return {
    take: (prompt) => {
      const lengths = idle.map(({ tokens }) => sharedLength(tokens, prompt));
      const longest = Math.max(0, ...lengths);
      // Without a common beginning a fresh slot is better while there is room: what is kept may still be of use.
      const place = longest > 0 || idle.length >= most ? Math.max(0, lengths.indexOf(longest)) : -1;
      if (place < 0) return { slot: model.openSlot(), tokens: [] };
      const [found] = idle.splice(place, 1);
      model.truncateSlot(found.slot, longest);
      found.tokens.length = longest;
      return found;
    },
    keep: (slot) => {
      idle.push(slot);
      if (idle.length > most) model.closeSlot(idle.shift()!.slot);
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
