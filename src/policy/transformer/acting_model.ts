import type { TransformerModel } from "./initialize_transformer.ts";
import type { PackedTransformerModel } from "./open_packed_transformer.ts";

/** A model that acts: one in float32, which also learns, or one of packed weights. */
export type ActingModel = TransformerModel | PackedTransformerModel;

/** Whether it is a packed model, which can draw behind several tokens at once. */
export function isPacked(model: ActingModel): model is PackedTransformerModel {
  return "restoreSlot" in model;
}
