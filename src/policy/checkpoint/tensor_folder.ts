import { existsSync } from "node:fs";
import { join } from "node:path";
import { EddyError } from "../../errors.ts";
import { readJsonObject } from "./read_json_object.ts";
import { openSafetensors, type SafetensorsFile, type Tensor } from "./safetensors.ts";
import type { SafetensorsDtype } from "./safetensors_header.ts";
import { shardsOf } from "./shards_of.ts";

/** The weights of a model folder, whichever files they lie in. Dispose it to close them. */
export interface TensorFolder extends Disposable {
  /** Name to shape, in the order of the files. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Reads one tensor. */
  read(name: string): Tensor;
  /** How a tensor's numbers are stored. */
  dtype(name: string): SafetensorsDtype;
  /** Bytes `begin` to `end` of one tensor. @param into Memory for them; new where it is left out, or too small. */
  readBytes(name: string, begin: number, end: number, into?: Uint8Array): Uint8Array;
}

/**
 * Opens `model.safetensors`, or the shards that `model.safetensors.index.json` lists.
 *
 * @throws {EddyError} `checkpoint_missing` If there is neither; `checkpoint_invalid` If a file is damaged, the index
 * names a file outside the folder, or index and shards disagree.
 */
export function openTensorFolder(folder: string): TensorFolder {
  const single = join(folder, "model.safetensors");
  const index = join(folder, "model.safetensors.index.json");
  if (existsSync(single) || !existsSync(index)) return joined([openSafetensors(single)]);
  const shardOf = shardsOf(readJsonObject(index), index);
  const open: SafetensorsFile[] = [];
  try {
    for (const name of new Set(shardOf.values())) {
      const shard = openSafetensors(join(folder, name));
      open.push(shard);
      for (const tensor of shard.tensors.keys()) {
        if (shardOf.get(tensor) !== name) fail(index, `the shard '${name}' has '${tensor}', the index says otherwise`);
      }
    }
    const folderTensors = joined(open);
    for (const [tensor, name] of shardOf) {
      if (!folderTensors.shapes.has(tensor)) fail(index, `the shard '${name}' lacks '${tensor}'`);
    }
    return folderTensors;
  } catch (error) {
    for (const shard of open) shard[Symbol.dispose]();
    throw error;
  }
}

function joined(files: readonly SafetensorsFile[]): TensorFolder {
  const homes = new Map(files.flatMap((file) => [...file.tensors.keys()].map((name) => [name, file] as const)));
  return {
    shapes: new Map([...homes].map(([name, file]) => [name, file.tensors.get(name)!.shape])),
    read: (name) => (homes.get(name) ?? files[0]).read(name),
    dtype: (name) => homes.get(name)!.tensors.get(name)!.dtype,
    readBytes: (name, begin, end, into) => homes.get(name)!.readBytes(name, begin, end, into),
    [Symbol.dispose]: () => files.forEach((file) => file[Symbol.dispose]()),
  };
}

function fail(path: string, reason: string): never {
  throw new EddyError("checkpoint_invalid", `Cannot read '${path}': ${reason}`);
}
