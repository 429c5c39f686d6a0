import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { type JsonObject, type ModelConfig, openModelSource } from "../checkpoint/mod.ts";
import { openPackedTransformer, type PackedFormats, type PackedTransformerModel } from "./open_packed_transformer.ts";

/** A packed model and what came with it. */
export interface LoadedPackedTransformer {
  /** Dispose it. */
  readonly model: PackedTransformerModel;
  /** Its shape. */
  readonly config: ModelConfig;
  /** The config.json that says it. */
  readonly configJson: JsonObject;
  /** config.json, tokenizer.json and other texts. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Loads a GGUF file, a Hugging Face folder or a checkpoint for inference, a few megabytes at a time: no weight is in
 * memory twice.
 *
 * Blocks that fit the format are kept exactly: Q8_0, Q5_0, Q4_0 and IQ4_NL in `q8`, Q4_0 and Q5_0 also in `e7`, Q4_0 in
 * `e4`. Others are quantised anew, within half a step of 1/127 (`q8`) or 1/63 (`e7`), or one step of 1/8 (`e4`), of the
 * largest of 32 neighbours.
 *
 * A file that `eddy import` wrote opens in the formats it was packed in, with the bits that packing its source gives.
 *
 * @throws {EddyError} As `loadCheckpoint`; `weights_not_finite` also If a weight is too large for its format.
 */
export function loadPackedTransformer(
  kernels: Kernels,
  path: string,
  formats: PackedFormats = {},
): LoadedPackedTransformer {
  using source = openModelSource(kernels, path);
  const { config, configJson, files, packed } = source;
  const model = openPackedTransformer(kernels, config, { ...packed, ...formats });
  try {
    for (const { name, typeId, first, bytes, pairedHeads } of source.pieces()) {
      writeRows(model, name, typeId, first, bytes, pairedHeads, path);
    }
    return { model, config, configJson, files };
  } catch (error) {
    model.free();
    throw error;
  }
}

function writeRows(
  model: PackedTransformerModel,
  ...[name, typeId, first, bytes, pairedHeads, path]: readonly [string, number, number, Uint8Array, number, string]
): void {
  try {
    model.writeRows(name, typeId, first, bytes, pairedHeads);
  } catch (cause) {
    const message = `Cannot load '${path}': ${(cause as Error).message}`;
    throw new EddyError("weights_not_finite", message, { cause });
  }
}
