import { EddyError } from "../../../../errors.ts";
import type { PackedTransformerModel } from "../../open_packed_transformer.ts";
import type { GpuTransformerModel } from "./gpu_transformer.ts";

/** Where a model goes on when its GPU is lost. */
export interface Fallback {
  /** Opens the model on the processor. */
  readonly open: () => PackedTransformerModel;
  /** Told once, with what happened to the GPU. */
  readonly onLost: (error: EddyError) => void;
}

/** A request of the last feed: how many tokens its slot had before, and what of it is asked about. */
interface Fed {
  readonly slot: number;
  readonly before: number;
  readonly keep: number;
}

/**
 * A model on a GPU that goes on, on the processor, when the GPU is lost: what every slot has read is read again there, and
 * whoever waited gets the answer from there. Tokens after that are drawn with the processor's bits; each one's recorded
 * log-probability is that of the device that drew it.
 */
export function withFallback(gpu: GpuTransformerModel, { open, onLost }: Fallback): GpuTransformerModel {
  let model: GpuTransformerModel | PackedTransformerModel = gpu;
  /** Numbers of slots, on the processor; the GPU's own are the ones outside. */
  const numbers = new Map<number, number>();
  const own = (slot: number): number => model === gpu ? slot : numbers.get(slot) ?? slot;
  const outside = (slot: number): number => {
    if (model === gpu) {
      next = slot + 1;
      numbers.set(slot, slot);
      return slot;
    }
    numbers.set(next, slot);
    return next++;
  };
  let next = 0;
  let fed: readonly Fed[] = [];
  let forwarded: readonly [Uint32Array, Uint32Array] | undefined;

  /** Reads everything again on the processor. */
  function moveOver(): void {
    const there = open();
    const read = new Map([...numbers.keys()].map((slot) => [slot, gpu.slotTokens(slot)] as const));
    const feed = (slots: readonly number[], tokens: readonly Uint32Array[], keep?: readonly number[]): void =>
      there.feed(
        Uint32Array.from(slots, (slot) => numbers.get(slot)!),
        Uint32Array.from(tokens, ({ length }) => length),
        Uint32Array.from(tokens.flatMap((each) => [...each])),
        keep && Uint32Array.from(keep),
      );
    for (const [slot, tokens] of read) {
      numbers.set(slot, there.openSlot());
      const before = tokens.subarray(0, fed.find((each) => each.slot === slot)?.before ?? tokens.length);
      if (before.length > 0) feed([slot], [before]);
    }
    // Slots that were closed or cut since take no part.
    const last = fed.filter(({ slot, before }) => (read.get(slot)?.length ?? 0) > before);
    if (last.length > 0) {
      const rests = last.map(({ slot, before }) => read.get(slot)!.subarray(before));
      feed(last.map(({ slot }) => slot), rests, last.map(({ keep }, i) => Math.min(keep, rests[i].length)));
    }
    if (forwarded) there.forward(...forwarded);
    model = there;
  }

  function survive<Result>(work: (model: GpuTransformerModel | PackedTransformerModel) => Result): Result {
    try {
      return work(model);
    } catch (error) {
      if (model !== gpu || !(error instanceof EddyError) || error.code !== "worker_failed") throw error;
      gpu.free();
      onLost(error);
      moveOver();
      return work(model);
    }
  }

  return {
    ...gpu,
    openSlot: () => outside(model.openSlot()),
    copySlot: (slot, length) => outside(model.copySlot(own(slot), length)),
    closeSlot(slot): void {
      model.closeSlot(own(slot));
      numbers.delete(slot);
    },
    slotLength: (slot) => model.slotLength(own(slot)),
    slotTokens: (slot) => model.slotTokens(own(slot)),
    truncateSlot: (slot, length) => model.truncateSlot(own(slot), length),
    adaptSlot: (slot, adapter) => model.adaptSlot(own(slot), adapter),
    feed(slots, counts, tokens, keep): void {
      const plan = Array.from(
        slots,
        (slot, i) => ({ slot, before: model.slotLength(own(slot)), keep: keep?.[i] ?? 1 }),
      );
      model.feed(slots.map(own), counts, tokens, keep);
      fed = plan;
    },
    lastLogits: () => survive((model) => model.lastLogits()),
    lastLogitsUnder: () => survive((model) => model.lastLogits()),
    lastValues: () => survive((model) => model.lastValues()),
    sampleLast: (...how) => survive((model) => model.sampleLast(...how)),
    forward(tokens, lengths): void {
      model.forward(tokens, lengths);
      forwarded = [tokens, lengths];
    },
    logitsAt: (rows) => survive((model) => model.logitsAt(rows)),
    valuesAt: (rows) => survive((model) => model.valuesAt(rows)),
    score: (...what) => survive((model) => model.score(...what)),
    free: () => model.free(),
    [Symbol.dispose]: () => model.free(),
  };
}
