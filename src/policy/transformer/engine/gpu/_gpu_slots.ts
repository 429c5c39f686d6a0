import type { GpuThread } from "./_gpu_thread_handle.ts";

/** What each slot on the GPU has read, as this thread knows it: all of it that was told, done or not. */
export interface GpuSlots {
  open(): number;
  copy(slot: number, length: number): number;
  close(slot: number): void;
  truncate(slot: number, length: number): void;
  /** @throws {RangeError} If there is no such slot, as everywhere here. */
  tokens(slot: number): readonly number[];
  push(slot: number, tokens: Uint32Array): void;
}

/** Tells the thread of every change. */
export function gpuSlots(thread: Pick<GpuThread, "tell">): GpuSlots {
  const slots = new Map<number, number[]>();
  let next = 0;
  const get = (slot: number): number[] => {
    const found = slots.get(slot);
    if (found === undefined) throw new RangeError(`Cannot use slot ${slot}: it is not open`);
    return found;
  };
  const checkLength = (tokens: readonly number[], length: number): void => {
    if (!(length >= 0 && length <= tokens.length)) {
      throw new RangeError(`Cannot keep ${length} of ${tokens.length} tokens`);
    }
  };
  return {
    open(): number {
      slots.set(next, []);
      thread.tell({ name: "open", slot: next });
      return next++;
    },
    copy(from, length): number {
      checkLength(get(from), length);
      slots.set(next, get(from).slice(0, length));
      thread.tell({ name: "copy", slot: next, from, length });
      return next++;
    },
    close(slot): void {
      get(slot);
      slots.delete(slot);
      thread.tell({ name: "close", slot });
    },
    truncate(slot, length): void {
      const tokens = get(slot);
      checkLength(tokens, length);
      if (tokens.length === length) return;
      tokens.length = length;
      thread.tell({ name: "truncate", slot, length });
    },
    tokens: get,
    push(slot, tokens): void {
      const read = get(slot);
      for (const token of tokens) read.push(token);
    },
  };
}
