import type { ModelConfig } from "../../checkpoint/mod.ts";
import { type ActingModel, isOnGpu } from "../acting_model.ts";
import { checkFeed, checkSequences } from "./check_feed.ts";
import type { InferenceEngine } from "./inference_engine.ts";

/** Names no mask: every token is allowed. */
const NO_MASK = 0xffffffff;

/** A model that acts as an engine. It stays the caller's: closing the engine closes its slots only. */
export function kernelEngine(model: ActingModel, config: ModelConfig): InferenceEngine {
  const { vocabularySize } = config;
  const maximumPositions = isOnGpu(model) ? model.maximumPositions : config.maximumPositions;
  const slots = new Set<number>();
  const known = (slot: number): number => {
    if (slots.has(slot)) return slot;
    throw new RangeError(`Cannot use slot ${slot}: it is not open`);
  };
  const close = (slot: number): void => {
    model.closeSlot(known(slot));
    slots.delete(slot);
  };
  const length = (slot: number): number => model.slotLength(known(slot));
  return {
    backend: isOnGpu(model) ? "webgpu" : "kernels",
    vocabularySize,
    maximumPositions,
    open(): number {
      const slot = model.openSlot();
      slots.add(slot);
      return slot;
    },
    close,
    length,
    truncate(slot, to): void {
      if (!(to >= 0 && to <= length(slot))) throw new RangeError(`Cannot keep ${to} of ${length(slot)} tokens`);
      model.truncateSlot(slot, to);
    },
    feed(requests): Promise<Float32Array> {
      return Promise.resolve().then(() => {
        checkFeed({ vocabularySize, maximumPositions, length }, requests);
        const tokens = Uint32Array.from(requests.flatMap((each) => [...each.tokens]));
        const counts = Uint32Array.from(requests, (each) => each.tokens.length);
        model.feed(Uint32Array.from(requests, ({ slot }) => slot), counts, tokens);
        return model.lastLogits();
      });
    },
    score(sequences): Promise<Float32Array[]> {
      return Promise.resolve().then(() => {
        checkSequences({ vocabularySize, maximumPositions }, sequences);
        return sequences.map((tokens) => {
          if (tokens.length === 1) return new Float32Array();
          model.forward(tokens, Uint32Array.of(tokens.length));
          const rows = Uint32Array.from({ length: tokens.length - 1 }, (_, row) => row);
          const unmasked = new Uint32Array(rows.length).fill(NO_MASK);
          using scores = model.score(rows, tokens.subarray(1), unmasked, new Uint32Array(), 1);
          return scores.logProbs;
        });
      });
    },
    [Symbol.dispose](): void {
      for (const slot of [...slots]) close(slot);
    },
  };
}
