import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { checkTensors } from "./check_tensors.ts";
import {
  ALL,
  AS_STORED,
  type ModelPiece,
  type ModelSource,
  partsOf,
  type PartSource,
  PIECE,
  type RawTensor,
} from "./model_pieces.ts";
import type { SafetensorsDtype } from "./safetensors_header.ts";
import type { StoredTensor } from "./stored_tensors.ts";
import type { TensorFolder } from "./tensor_folder.ts";

/** Types of safetensors that are types of GGUF, too. */
const FLOATS: Partial<Record<SafetensorsDtype, readonly [typeId: number, bytes: number]>> = {
  F32: [0, 4],
  F16: [1, 2],
  BF16: [30, 2],
};

/** What a model's folder holds, read. */
export interface FolderContent extends Pick<ModelSource, "config" | "configJson" | "files"> {
  /** Its weights; closed with the source. */
  readonly tensors: TensorFolder;
}

/**
 * The model of a Hugging Face folder, wherever it is.
 *
 * @param where Names the folder in messages.
 * @throws {EddyError} As `loadCheckpoint`, except that weights are not looked at yet.
 */
export function folderSource(kernels: Kernels, content: FolderContent, where: string): PartSource {
  const { config, configJson, files, tensors } = content;
  const names = checkTensors(config, tensors.shapes, where);
  function* parts(wants = ALL): Generator<() => readonly ModelPiece[]> {
    const memory = new Uint8Array(PIECE);
    for (const [stored, name] of names) {
      if (!stored.parts.some(wants)) continue;
      const [typeId, bytes] = FLOATS[tensors.dtype(name)] ?? [-1, 0];
      const read: RawTensor["read"] = (from, to, into) => tensors.readBytes(name, from, to, into);
      const raw = { typeId, numbers: 1, bytes, read };
      yield* partsOf(stored, config, raw, () => tensors.read(name).values, { ...AS_STORED, wants, memory });
    }
    if (config.tied && tensors.shapes.has("lm_head.weight")) {
      yield* comparisons(kernels, names, tensors, { where, memory });
    }
  }
  return {
    config,
    configJson,
    files,
    parts,
    *pieces(wants): Generator<ModelPiece> {
      for (const read of parts(wants)) yield* read();
    },
    [Symbol.dispose]: () => tensors[Symbol.dispose](),
  };
}

/** A second head must be the embedding again: one is read after the other, as they may be far from each other. */
function* comparisons(
  kernels: Kernels,
  names: ReadonlyMap<StoredTensor, string>,
  folder: TensorFolder,
  { where, memory }: { readonly where: string; readonly memory: Uint8Array },
): Generator<() => readonly ModelPiece[]> {
  const embedding = [...names].find(([{ parts }]) => parts[0] === "model.embed_tokens.weight")![1];
  const same = folder.shapes.get("lm_head.weight")!.join() === folder.shapes.get(embedding)!.join() &&
    folder.dtype(embedding) === folder.dtype("lm_head.weight");
  const refuse = (): never => {
    const message = `Cannot load '${where}': config.json ties the head to the embedding, 'lm_head.weight' is another`;
    throw new EddyError("checkpoint_invalid", message);
  };
  if (!same) return yield refuse;
  const size = folder.shapes.get(embedding)!.reduce((product, length) => product * length, 1) *
    (FLOATS[folder.dtype(embedding)]?.[1] ?? 8);
  let first: string | undefined;
  for (const name of [embedding, "lm_head.weight"]) {
    let sum: InstanceType<Kernels["Checksum"]> | undefined;
    for (let at = 0; at < size; at += PIECE) {
      yield () => {
        const bytes = folder.readBytes(name, at, Math.min(size, at + PIECE), memory);
        if (at === 0) sum = new kernels.Checksum();
        sum!.update(bytes);
        if (at + PIECE < size) return [];
        const digest = sum!.digest();
        sum!.free();
        if ((first ??= digest) !== digest) refuse();
        return [];
      };
    }
  }
}
