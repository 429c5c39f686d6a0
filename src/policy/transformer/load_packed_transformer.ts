import type { Kernels } from "../../kernels/mod.ts";
import { openModelSource } from "../checkpoint/mod.ts";
import { type LoadedPackedTransformer, writePiece } from "./load_packed_transformer_from.ts";
import { openPackedTransformer, type PackedFormats } from "./open_packed_transformer.ts";

/**
 * Loads a GGUF file, a Hugging Face folder or a checkpoint for inference, a few megabytes at a time: no weight is in
 * memory twice.
 *
 * Blocks that fit the format are kept exactly: Q8_0, Q5_0, Q4_0 and IQ4_NL in `q8`, Q4_0 and Q5_0 also in `e7`, Q4_0 in
 * `e4`. Others are quantised anew, within half a step of 1/127 (`q8`) or 1/63 (`e7`), or one step of 1/8 (`e4`), of the
 * largest of 32 neighbours.
 *
 * @throws {EddyError} As `loadCheckpoint`; `weights_not_finite` also If a weight is too large for its format.
 */
export function loadPackedTransformer(
  kernels: Kernels,
  path: string,
  formats: PackedFormats = {},
): LoadedPackedTransformer {
  using source = openModelSource(kernels, path);
  const { config, configJson, files } = source;
  const model = openPackedTransformer(kernels, config, formats);
  try {
    for (const piece of source.pieces()) writePiece(model, piece, path);
    return { model, config, configJson, files };
  } catch (error) {
    model.free();
    throw error;
  }
}
