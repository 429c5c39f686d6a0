import { statSync } from "node:fs";
import { join } from "node:path";
import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { checkTensors } from "./check_tensors.ts";
import type { JsonObject } from "./config_reader.ts";
import { openGguf } from "./gguf/gguf.ts";
import { ggufConfig } from "./gguf/gguf_config.ts";
import { checkGgufTensors, exactVector, pairedHeads, straighten } from "./gguf/gguf_tensors.ts";
import { ggufFiles } from "./gguf/gguf_files.ts";
import type { GgufValue } from "./gguf/gguf_header.ts";
import { readTextFiles, TEXT_FILES, versionFolder } from "./load_checkpoint.ts";
import type { ModelConfig } from "./model_config.ts";
import { modelTensors } from "./model_tensors.ts";
import { readJsonObject } from "./read_json_object.ts";
import { readModelConfig } from "./read_model_config.ts";
import type { SafetensorsDtype } from "./safetensors_header.ts";
import { splitParts, type StoredTensor } from "./stored_tensors.ts";
import { openTensorFolder } from "./tensor_folder.ts";

/** A model on disk whose weights are read piece by piece, never whole. Dispose it to close its files. */
export interface ModelSource extends Disposable {
  /** The model's shape. */
  readonly config: ModelConfig;
  /** The config.json that says it. */
  readonly configJson: JsonObject;
  /** config.json, tokenizer.json and what else is text. */
  readonly files: ReadonlyMap<string, string>;
  /** How Eddy packed it, where Eddy wrote the file. */
  readonly packed?: PackedAs;
  /** Every tensor of the model once, in the order of the file, as rows of blocks. @param wants Names; absent: all. */
  pieces(wants?: (name: string) => boolean): Generator<ModelPiece>;
}

/** The formats of a packed model's matrices: of its layers, and of embedding and head. */
export interface PackedAs {
  /** Of the layers. */
  readonly format: "e4" | "e7" | "q8";
  /** Of embedding and head. */
  readonly headFormat: "e4" | "e7" | "q8";
}

/** Whole rows of a tensor of the model. */
export interface ModelPiece {
  /** The model's name of the tensor. */
  readonly name: string;
  /** The number of a `ggml_type`; 0 is float32. */
  readonly typeId: number;
  /** The first of the rows. */
  readonly first: number;
  /** Blocks of these rows. */
  readonly bytes: Uint8Array;
  /** Not 0: rows (2i, 2i + 1) of each of so many heads are the model's rows (i, i + d/2). */
  readonly pairedHeads: number;
}

/** How a file keeps a tensor. */
interface RawTensor {
  readonly typeId: number;
  readonly numbers: number;
  readonly bytes: number;
  readonly read: (begin: number, end: number) => Uint8Array;
}

/** Bytes of a piece, at most, unless a row is longer. */
const PIECE = 1 << 22;

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
    const { model, json } = ggufConfig(file, path);
    const config = readModelConfig(json, path);
    const places = checkGgufTensors(file, model, config, path);
    return {
      config,
      configJson: json,
      files: ggufFiles(kernels, file, json, path),
      packed: packedAs(file.metadata),
      *pieces(wants = ALL): Generator<ModelPiece> {
        for (const stored of places) {
          if (!stored.parts.some(wants)) continue;
          const { typeId, type } = file.tensors.get(stored.name)!;
          const raw = { typeId, ...type, read: (from: number, to: number) => file.readBytes(stored.name, from, to) };
          yield* piecesOf(stored, config, raw, () => file.read(stored.name).values, {
            paired: (part) => pairedHeads(part, model, config),
            straighten: (part, values) => exactVector(file, part) ?? straighten(part, values, model, config),
            wants,
          });
        }
      },
      [Symbol.dispose]: () => file[Symbol.dispose](),
    };
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
}

function packedAs(metadata: ReadonlyMap<string, GgufValue>): PackedAs | undefined {
  const is = (value: unknown): value is PackedAs["format"] => ["e4", "e7", "q8"].includes(value as string);
  const format = metadata.get("eddy.packed.layers"), headFormat = metadata.get("eddy.packed.head");
  return is(format) && is(headFormat) ? { format, headFormat } : undefined;
}

function openFolderSource(path: string): ModelSource {
  const folder = versionFolder(path);
  const where = join(folder, "config.json");
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
        for (const [stored, name] of names) {
          if (!stored.parts.some(wants)) continue;
          const [typeId, bytes] = FLOATS[folderTensors.dtype(name)] ?? [-1, 0];
          const read = (from: number, to: number): Uint8Array => folderTensors.readBytes(name, from, to);
          const raw = { typeId, numbers: 1, bytes, read };
          yield* piecesOf(stored, config, raw, () => folderTensors.read(name).values, { ...AS_STORED, wants });
        }
        if (config.tied && folderTensors.shapes.has("lm_head.weight")) checkTiedHead(names, folderTensors, folder);
      },
      [Symbol.dispose]: () => folderTensors[Symbol.dispose](),
    };
  } catch (error) {
    folderTensors[Symbol.dispose]();
    throw error;
  }
}

/** What a file has otherwise than the model. */
interface Differences {
  readonly paired: (part: string) => number;
  readonly straighten: (part: string, values: Float32Array) => Float32Array;
  readonly wants: (part: string) => boolean;
}

const ALL = (): boolean => true;
const AS_STORED: Omit<Differences, "wants"> = { paired: () => 0, straighten: (_, values) => values };

/** Matrices in their own blocks, some rows at a time; vectors, and what is transposed, whole and in float32. */
function* piecesOf(
  stored: StoredTensor,
  config: ModelConfig,
  raw: RawTensor,
  values: () => Float32Array,
  { paired, straighten, wants }: Differences,
): Generator<ModelPiece> {
  const shapes = modelTensors(config);
  const width = shapes.get(stored.parts[0])![1];
  if (width === undefined || stored.transposed || raw.typeId < 0) {
    for (const [name, own] of splitParts(stored, values(), shapes)) {
      if (!wants(name)) continue;
      const straight = straighten(name, own);
      const bytes = new Uint8Array(straight.buffer, straight.byteOffset, straight.byteLength);
      yield { name, typeId: 0, first: 0, bytes, pairedHeads: 0 };
    }
    return;
  }
  const rowBytes = width / raw.numbers * raw.bytes;
  const step = Math.max(1, Math.floor(PIECE / rowBytes));
  let at = 0;
  for (const name of stored.parts) {
    const [rows] = shapes.get(name)!;
    for (let first = 0; first < rows && wants(name); first += step) {
      const count = Math.min(step, rows - first);
      const bytes = raw.read((at + first) * rowBytes, (at + first + count) * rowBytes);
      yield { name, typeId: raw.typeId, first, bytes, pairedHeads: paired(name) };
    }
    at += rows;
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
