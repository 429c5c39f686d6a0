import type { Kernels } from "../../kernels/mod.ts";
import type { ModelFolderBytes } from "./fetched_folder.ts";
import type { ModelBytes } from "./model_bytes.ts";
import type { ModelPiece, ModelSource } from "./model_pieces.ts";
import { openLoadedSource } from "./open_loaded_source.ts";

/** A {@linkcode ModelSource} whose pieces must be waited for. */
export interface DistantSource extends Pick<ModelSource, "config" | "configJson" | "files">, Disposable {
  /** Every tensor of the model once, in the order of the file; may be asked for again. */
  pieces(): AsyncGenerator<ModelPiece, void, undefined>;
}

/**
 * Opens a GGUF file, or a Hugging Face folder, that is not on disk.
 *
 * @param onProgress Told after each part, with the share of the weights that are read, 0 to 1.
 * @throws {EddyError} As `openModelSource`.
 */
export async function openDistantSource(
  kernels: Kernels,
  bytes: ModelBytes | ModelFolderBytes,
  onProgress?: (share: number) => void,
): Promise<DistantSource> {
  const loaded = await openLoadedSource(kernels, bytes);
  const { config, configJson, files } = loaded.source;
  return {
    ...{ config, configJson, files },
    async *pieces(): AsyncGenerator<ModelPiece, void, undefined> {
      const parts = [...loaded.source.parts()];
      for (const [index, read] of parts.entries()) {
        for (const piece of await loaded.when(read)) yield piece;
        onProgress?.((index + 1) / parts.length);
      }
    },
    [Symbol.dispose]: () => loaded[Symbol.dispose](),
  };
}
