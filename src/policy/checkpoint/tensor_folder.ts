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

/** Names of a folder's weights. */
export const SINGLE_WEIGHTS = "model.safetensors";
/** Name of the list of a folder's shards. */
export const WEIGHTS_INDEX = "model.safetensors.index.json";

/**
 * Opens `model.safetensors`, or the shards that `model.safetensors.index.json` lists.
 *
 * @throws {EddyError} `checkpoint_missing` If there is neither; `checkpoint_invalid` If a file is damaged, the index
 * names a file outside the folder, or index and shards disagree.
 */
export function openTensorFolder(folder: string): TensorFolder {
  const single = join(folder, SINGLE_WEIGHTS);
  const index = join(folder, WEIGHTS_INDEX);
  if (existsSync(single) || !existsSync(index)) return joined([openSafetensors(single)]);
  const shardOf = shardsOf(readJsonObject(index), index);
  const open = new Map<string, SafetensorsFile>();
  try {
    for (const name of new Set(shardOf.values())) open.set(name, openSafetensors(join(folder, name)));
    return joinShards(open, shardOf, index);
  } catch (error) {
    for (const shard of open.values()) shard[Symbol.dispose]();
    throw error;
  }
}

/**
 * The tensors of open shards, which are closed with them.
 *
 * @param shardOf Tensor to shard, as the index says it.
 * @throws {EddyError} `checkpoint_invalid` If index and shards disagree.
 */
export function joinShards(
  shards: ReadonlyMap<string, SafetensorsFile>,
  shardOf: ReadonlyMap<string, string>,
  index: string,
): TensorFolder {
  for (const [name, { tensors }] of shards) {
    for (const tensor of tensors.keys()) {
      if (shardOf.get(tensor) !== name) fail(index, `the shard '${name}' has '${tensor}', the index says otherwise`);
    }
  }
  const folder = joined([...shards.values()]);
  for (const [tensor, name] of shardOf) {
    if (!folder.shapes.has(tensor)) fail(index, `the shard '${name}' lacks '${tensor}'`);
  }
  return folder;
}

/** The tensors of several files, each of which has its own. */
export function joined(files: readonly SafetensorsFile[]): TensorFolder {
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
