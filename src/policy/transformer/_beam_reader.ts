import type { Constraint } from "../../language/mod.ts";
import { type ActingModel, isPacked } from "./acting_model.ts";
import type { GpuTransformerModel } from "./engine/gpu/gpu_transformer.ts";
import type { PackedTransformerModel } from "./open_packed_transformer.ts";
import { maskWords } from "./replay.ts";

/** A beam to be read: what stands before it and in it, and what may follow. */
export interface UnreadBeam {
  /** The same array for all beams of a search. */
  readonly prompt: readonly number[];
  readonly tokens: readonly number[];
  readonly constraint: Constraint;
  readonly state: number;
}

/** Logits behind beams. */
export interface BeamReader extends Disposable {
  /** [beams, vocabulary]; those of tokens that no beam may go on with may be −∞. */
  read(beams: readonly UnreadBeam[]): Float32Array;
}

/** Reads all beams as one batch. Of a packed model each prompt is read once, and few rows of the head where few will do. */
export function openBeamReader(model: ActingModel, openSlot: () => number): BeamReader {
  if (isPacked(model)) return openPackedReader(model, openSlot);
  return {
    read(beams): Float32Array {
      const read = beams.map(({ prompt, tokens }) => [...prompt, ...tokens]);
      const lengths = Uint32Array.from(read, (tokens) => tokens.length);
      model.forward(Uint32Array.from(read.flat()), lengths);
      let end = 0;
      return model.logitsAt(lengths.map((length) => (end += length) - 1));
    },
    [Symbol.dispose](): void {},
  };
}

function openPackedReader(model: PackedTransformerModel | GpuTransformerModel, openSlot: () => number): BeamReader {
  /** Slots of prompts, each without its last token: a beam begins with that, as it may have no other. */
  const slots = new Map<readonly number[], number>();

  function feed(fed: Uint32Array, tokens: readonly (readonly number[])[]): void {
    model.feed(fed, Uint32Array.from(tokens, ({ length }) => length), Uint32Array.from(tokens.flat()));
  }

  function slotOf(prompt: readonly number[]): number {
    let slot = slots.get(prompt);
    if (slot === undefined) {
      slots.set(prompt, slot = openSlot());
      if (prompt.length > 1) feed(Uint32Array.of(slot), [prompt.slice(0, -1)]);
    }
    return slot;
  }

  return {
    read(beams): Float32Array {
      using copies = new DisposableStack();
      const own = Uint32Array.from(beams, ({ prompt }) => {
        const copy = model.copySlot(slotOf(prompt), prompt.length - 1);
        copies.defer(() => model.closeSlot(copy));
        return copy;
      });
      feed(own, beams.map(({ prompt, tokens }) => [prompt[prompt.length - 1], ...tokens]));
      const masks = beams.flatMap(({ constraint, state }) => {
        const words = maskWords(constraint);
        return [...constraint.masks.subarray(state * words, (state + 1) * words)];
      });
      return model.lastLogitsUnder(Uint32Array.from(beams.keys()), Uint32Array.from(masks));
    },
    [Symbol.dispose](): void {
      for (const slot of slots.values()) model.closeSlot(slot);
    },
  };
}
