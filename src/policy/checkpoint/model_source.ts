import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { checkTensors } from "./check_tensors.ts";
import { checkUnchanged } from "./check_unchanged.ts";
import { openGguf } from "./gguf/gguf.ts";
import { ggufSource } from "./gguf/gguf_source.ts";
import { checkDescription, readTextFiles, TEXT_FILES, versionFolder } from "./load_checkpoint.ts";
import { ALL, AS_STORED, type ModelPiece, type ModelSource, partsOf, PIECE, type RawTensor } from "./model_pieces.ts";
import { readJsonObject } from "./read_json_object.ts";
import { readModelConfig } from "./read_model_config.ts";
import type { SafetensorsDtype } from "./safetensors_header.ts";
import { sourceStamp } from "./source_stamp.ts";
import type { StoredTensor } from "./stored_tensors.ts";
import { openTensorFolder } from "./tensor_folder.ts";

export type { ModelPiece, ModelSource };

/** Types of safetensors that are types of GGUF, too. */
const FLOATS: Partial<Record<SafetensorsDtype, readonly [typeId: number, bytes: number]>> = {
  F32: [0, 4],
  F16: [1, 2],
  BF16: [30, 2],
};

/**
 * Opens a GGUF file, a Hugging Face model folder, or a checkpoint's folder.
 *
 * @throws {EddyError} As `loadCheckpoint`, except that weights are not looked at yet.
 */
export function openModelSource(kernels: Kernels, path: string): ModelSource {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
    ? openGgufSource(kernels, path)
    : openFolderSource(path);
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

function openFolderSource(path: string): ModelSource {
  const folder = versionFolder(path);
  const stamp = sourceStamp(folder);
  const where = join(folder, "config.json");
  if (existsSync(join(folder, "eddy.json"))) checkDescription(folder);
  const configJson = readJsonObject(where);
  const config = readModelConfig(configJson, where);
  const folderTensors = openTensorFolder(folder);
  try {
    const names = checkTensors(config, folderTensors.shapes, folder);
    const files = readTextFiles(folder, [...TEXT_FILES, "eddy.json"]);
    return {
      config,
      configJson,
      files,
      *pieces(wants = ALL): Generator<ModelPiece> {
        const memory = new Uint8Array(PIECE);
        for (const [stored, name] of names) {
          if (!stored.parts.some(wants)) continue;
          const [typeId, bytes] = FLOATS[folderTensors.dtype(name)] ?? [-1, 0];
          const read: RawTensor["read"] = (from, to, into) => folderTensors.readBytes(name, from, to, into);
          const raw = { typeId, numbers: 1, bytes, read };
          const differences = { ...AS_STORED, wants, memory };
          const parts = partsOf(stored, config, raw, () => folderTensors.read(name).values, differences);
          for (const part of parts) yield* part();
        }
        if (config.tied && folderTensors.shapes.has("lm_head.weight")) checkTiedHead(names, folderTensors, folder);
        checkUnchanged(folder, stamp);
      },
      [Symbol.dispose]: () => folderTensors[Symbol.dispose](),
    };
  } catch (error) {
    folderTensors[Symbol.dispose]();
    throw error;
  }
}

/** A second head must be the embedding again. */
function checkTiedHead(
  names: ReadonlyMap<StoredTensor, string>,
  folder: ReturnType<typeof openTensorFolder>,
  where: string,
): void {
  const embedding = [...names].find(([{ parts }]) => parts[0] === "model.embed_tokens.weight")![1];
  const [rows, width] = folder.shapes.get(embedding)!;
  const same = (folder.shapes.get("lm_head.weight") ?? []).join() === [rows, width].join() &&
    folder.dtype(embedding) === folder.dtype("lm_head.weight");
  const size = rows * width * (FLOATS[folder.dtype(embedding)]?.[1] ?? 8);
  for (let at = 0; at < size; at += PIECE) {
    const to = Math.min(size, at + PIECE);
    const [a, b] = same ? [folder.readBytes(embedding, at, to), folder.readBytes("lm_head.weight", at, to)] : [];
    if (a !== undefined && a.every((byte, i) => byte === b![i])) continue;
    const message = `Cannot load '${where}': config.json ties the head to the embedding, 'lm_head.weight' is another`;
    throw new EddyError("checkpoint_invalid", message);
  }
}
