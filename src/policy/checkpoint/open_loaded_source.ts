import type { Kernels } from "../../kernels/mod.ts";
import type { ModelFolderBytes } from "./fetched_folder.ts";
import { folderSource } from "./folder_source.ts";
import { ggufSource } from "./gguf/gguf_source.ts";
import { readGguf } from "./gguf/read_gguf.ts";
import { loadedBytes, whenLoaded } from "./loaded_bytes.ts";
import type { ModelBytes } from "./model_bytes.ts";
import type { PartSource } from "./model_pieces.ts";
import { readModelConfig } from "./read_model_config.ts";
import { parseJsonObject } from "./read_json_object.ts";
import { readSafetensors, type SafetensorsFile } from "./safetensors.ts";
import { joined, joinShards } from "./tensor_folder.ts";

/** A model that is elsewhere, open. Dispose it. */
export interface LoadedSource extends Disposable {
  /** Its parts are read by `when`. */
  readonly source: PartSource;
  /** Reads what is not here yet and runs again, until it is. */
  when<Result>(run: () => Result): Promise<Result>;
}

/**
 * Opens a model that is elsewhere: a GGUF file, or a Hugging Face folder.
 *
 * @throws {EddyError} As `openModelSource`.
 */
export async function openLoadedSource(
  kernels: Kernels,
  place: ModelBytes | ModelFolderBytes,
): Promise<LoadedSource> {
  using parts = new DisposableStack();
  const { name } = place;
  if (!("weights" in place)) {
    const reader = parts.use(loadedBytes(place));
    const file = await whenLoaded([reader], () => readGguf(kernels, reader, name));
    const source = parts.use(await whenLoaded([reader], () => ggufSource(kernels, file, name)));
    const owned = parts.move();
    return { source, when: (run) => whenLoaded([reader], run), [Symbol.dispose]: () => owned.dispose() };
  }
  const { files, weights, shardOf } = place;
  const configJson = parseJsonObject(files.get("config.json") ?? "", `${name}config.json`);
  const config = readModelConfig(configJson, `${name}config.json`);
  const readers = [...weights.values()].map((bytes) => parts.use(loadedBytes(bytes)));
  const shards = new Map<string, SafetensorsFile>();
  for (const [index, [file, bytes]] of [...weights].entries()) {
    shards.set(file, await whenLoaded(readers, () => readSafetensors(readers[index], bytes.name)));
  }
  const tensors = shardOf ? joinShards(shards, shardOf, name) : joined([...shards.values()]);
  const source = folderSource(kernels, { config, configJson, files, tensors }, name);
  const owned = parts.move();
  return { source, when: (run) => whenLoaded(readers, run), [Symbol.dispose]: () => owned.dispose() };
}
