import type { GpuTransformerModel } from "./engine/gpu/gpu_transformer.ts";
import type { PackedTransformerModel } from "./open_packed_transformer.ts";
import type { TransformerContext } from "./transformer_context.ts";

/** What conversations that ended have left in a model's memory. */
export interface Beginnings {
  /** Lets a context that has read nothing begin with what another has read: nothing is computed or copied. */
  share(context: TransformerContext): void;
  /** Keeps a closed conversation for a while. */
  close(slot: number): void;
  /** Forgets all: the weights that read them changed. */
  forget(): void;
}

/** Fewer tokens are read again in no time. */
const FEWEST = 16;

/** Remembers the last `most` closed conversations of a packed model; a turn that repeats one reads only what is new. */
export function keepBeginnings(model: PackedTransformerModel | GpuTransformerModel, most: number): Beginnings {
  const kept: { readonly slot: number; readonly tokens: Uint32Array }[] = [];
  return {
    share(context): void {
      if (context.fed > 0) return;
      let best = { slot: -1, common: FEWEST - 1 };
      for (const { slot, tokens } of kept) {
        // The last token is always read: what follows is drawn from it.
        const end = Math.min(tokens.length, context.tokens.length - 1);
        let common = 0;
        while (common < end && tokens[common] === context.tokens[common]) common++;
        if (common > best.common) best = { slot, common };
      }
      if (best.slot < 0) return;
      model.closeSlot(context.slot);
      context.slot = model.copySlot(best.slot, best.common);
      context.fed = best.common;
    },
    close(slot): void {
      if (most === 0 || model.slotLength(slot) < FEWEST) return model.closeSlot(slot);
      kept.push({ slot, tokens: model.slotTokens(slot) });
      if (kept.length > most) model.closeSlot(kept.shift()!.slot);
    },
    forget(): void {
      for (const { slot } of kept.splice(0)) model.closeSlot(slot);
    },
  };
}
