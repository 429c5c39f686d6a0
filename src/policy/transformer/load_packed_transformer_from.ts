import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import type { JsonObject, ModelBytes, ModelConfig, ModelFolderBytes, ModelPiece } from "../checkpoint/mod.ts";
import { openDistantSource } from "../checkpoint/distant_source.ts";
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

/** How a model is loaded from elsewhere. */
export interface LoadPackedTransformerFromOptions extends PackedFormats {
  /** Told after each piece, with the part of the weights that are loaded, 0 to 1. */
  readonly onProgress?: (part: number) => void;
}

/**
 * Loads a GGUF file, or a Hugging Face folder, that is not on disk for inference, a few megabytes at a time: from an address,
 * a chosen file or memory, in browsers, workerd and elsewhere. Formats are those of `loadPackedTransformer`.
 *
 * @throws {EddyError} As `loadPackedTransformer`.
 */
export async function loadPackedTransformerFrom(
  kernels: Kernels,
  bytes: ModelBytes | ModelFolderBytes,
  { onProgress, ...formats }: LoadPackedTransformerFromOptions = {},
): Promise<LoadedPackedTransformer> {
  using source = await openDistantSource(kernels, bytes, onProgress);
  const { config, configJson, files } = source;
  const model = openPackedTransformer(kernels, config, formats);
  try {
    for await (const piece of source.pieces()) writePiece(model, piece, bytes.name);
    return { model, config, configJson, files };
  } catch (error) {
    model.free();
    throw error;
  }
}

/** Writes rows of a tensor into a model. @throws {EddyError} `weights_not_finite` If a weight is no number of its format. */
export function writePiece(model: PackedTransformerModel, piece: ModelPiece, path: string): void {
  const { name, typeId, first, bytes, pairedHeads } = piece;
  try {
    model.writeRows(name, typeId, first, bytes, pairedHeads);
  } catch (cause) {
    throw new EddyError("weights_not_finite", `Cannot load '${path}': ${(cause as Error).message}`, { cause });
  }
}
