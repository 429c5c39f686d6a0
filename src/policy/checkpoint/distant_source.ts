import type { Kernels } from "../../kernels/mod.ts";
import { ggufSource } from "./gguf/gguf_source.ts";
import { readGguf } from "./gguf/read_gguf.ts";
import { loadedBytes } from "./loaded_bytes.ts";
import type { ModelBytes } from "./model_bytes.ts";
import type { ModelPiece, ModelSource } from "./model_pieces.ts";

/** A {@linkcode ModelSource} whose pieces must be waited for. */
export interface DistantSource extends Pick<ModelSource, "config" | "configJson" | "files">, Disposable {
  /** Every tensor of the model once, in the order of the file; may be asked for again. */
  pieces(): AsyncGenerator<ModelPiece, void, undefined>;
}

/**
 * Opens a GGUF file that is not on disk.
 *
 * @param onProgress Told after each part, with the share of the weights that are read, 0 to 1.
 * @throws {EddyError} As `openModelSource`.
 */
export async function openDistantSource(
  kernels: Kernels,
  bytes: ModelBytes,
  onProgress?: (share: number) => void,
): Promise<DistantSource> {
  using opened = new DisposableStack();
  const loaded = opened.use(loadedBytes(bytes));
  const file = await loaded.whole(() => readGguf(kernels, loaded, bytes.name));
  const source = opened.use(await loaded.whole(() => ggufSource(kernels, file, bytes.name)));
  const { config, configJson, files } = source;
  const owned = opened.move();
  return {
    ...{ config, configJson, files },
    async *pieces(): AsyncGenerator<ModelPiece, void, undefined> {
      const parts = [...source.parts()];
      for (const [index, read] of parts.entries()) {
        for (const piece of await loaded.whole(read)) yield piece;
        onProgress?.((index + 1) / parts.length);
      }
    },
    [Symbol.dispose]: () => owned.dispose(),
  };
}
