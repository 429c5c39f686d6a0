import type { GpuTransformerModel } from "./engine/gpu/gpu_transformer.ts";
import type { TransformerModel } from "./initialize_transformer.ts";
import type { PackedTransformerModel } from "./open_packed_transformer.ts";

/** A model that acts: one in float32, which also learns, one of packed weights, or one in the memory of a GPU. */
export type ActingModel = TransformerModel | PackedTransformerModel | GpuTransformerModel;

/** Whether it is a packed model or one on a GPU: both can draw behind several tokens at once, and copy what a slot has read. */
export function isPacked(model: ActingModel): model is PackedTransformerModel | GpuTransformerModel {
  return "copySlot" in model;
}

/** Whether it is in the memory of a GPU. */
export function isOnGpu(model: ActingModel): model is GpuTransformerModel {
  return "device" in model;
}
