import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Kernels } from "../../kernels/mod.ts";
import { checkUnchanged } from "./check_unchanged.ts";
import { folderSource } from "./folder_source.ts";
import { openGguf } from "./gguf/gguf.ts";
import { ggufSource } from "./gguf/gguf_source.ts";
import { checkDescription, readTextFiles, TEXT_FILES, versionFolder } from "./load_checkpoint.ts";
import type { ModelPiece, ModelSource } from "./model_pieces.ts";
import { readJsonObject } from "./read_json_object.ts";
import { readModelConfig } from "./read_model_config.ts";
import { sourceStamp } from "./source_stamp.ts";
import { openTensorFolder } from "./tensor_folder.ts";

export type { ModelPiece, ModelSource };

/**
 * Opens a GGUF file, a Hugging Face model folder, or a checkpoint's folder.
 *
 * @throws {EddyError} As `loadCheckpoint`, except that weights are not looked at yet.
 */
export function openModelSource(kernels: Kernels, path: string): ModelSource {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
    ? openGgufSource(kernels, path)
    : openFolderSource(kernels, path);
}

function openGgufSource(kernels: Kernels, path: string): ModelSource {
  const file = openGguf(kernels, path);
  try {
    return ggufSource(kernels, file, path);
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
}

function openFolderSource(kernels: Kernels, path: string): ModelSource {
  const folder = versionFolder(path);
  const stamp = sourceStamp(folder);
  if (existsSync(join(folder, "eddy.json"))) checkDescription(folder);
  const configJson = readJsonObject(join(folder, "config.json"));
  const config = readModelConfig(configJson, join(folder, "config.json"));
  const tensors = openTensorFolder(folder);
  try {
    const files = readTextFiles(folder, [...TEXT_FILES, "eddy.json"]);
    const source = folderSource(kernels, { config, configJson, files, tensors }, folder);
    return {
      ...source,
      *pieces(wants): Generator<ModelPiece> {
        yield* source.pieces(wants);
        checkUnchanged(folder, stamp);
      },
    };
  } catch (error) {
    tensors[Symbol.dispose]();
    throw error;
  }
}
