import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { EddyError } from "../../errors.ts";
import type { PolicySnapshot } from "../policy.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { fileHash } from "./content_hash.ts";
import { readJsonObject, readTextFile } from "./read_json_object.ts";
import { openSafetensors, type Tensor } from "./safetensors.ts";
import { VERSION_FOLDER } from "./save_checkpoint.ts";
import { checkJsonFiles } from "./check_json_files.ts";
import { checkUnchanged } from "./check_unchanged.ts";
import { sourceStamp } from "./source_stamp.ts";
import { checkTensors } from "./check_tensors.ts";
import { loadGguf } from "./gguf/load_gguf.ts";
import { readModelConfig } from "./read_model_config.ts";
import { openTensorFolder } from "./tensor_folder.ts";

/** Text files that are kept when a folder that Eddy did not write is loaded; the rest is for other programs. */
export const TEXT_FILES: readonly string[] = [
  "adapter_config.json",
  "config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "chat_template.jinja",
];

/**
 * Reads a checkpoint: a version's folder, a run's folder (its `latest` version), a Hugging Face model folder, a PEFT
 * adapter's folder, or a GGUF file.
 *
 * @param kernels Needed for a GGUF file alone.
 * @throws {EddyError} `checkpoint_missing` If there is none; `checkpoint_invalid` If it is damaged or was changed since
 * it was written; `model_unsupported` If it is a model that Eddy does not compute; `weights_not_finite` If a weight is
 * NaN or infinite.
 */
export function loadCheckpoint(path: string, kernels?: Kernels): PolicySnapshot {
  if (isFile(path)) return loadFile(path, kernels);
  const folder = versionFolder(path);
  const stamp = sourceStamp(folder);
  const snapshot = loadFolder(folder);
  checkUnchanged(folder, stamp);
  return snapshot;
}

function loadFolder(folder: string): PolicySnapshot {
  const read = existsSync(join(folder, "adapter_config.json")) ? readAdapter : readModel;
  if (!existsSync(join(folder, "eddy.json"))) {
    return { kind: "transformer", version: 0, tensors: read(folder), files: readTextFiles(folder, TEXT_FILES) };
  }
  const { kind, version, names } = checkDescription(folder);
  const tensors = kind === "transformer" ? read(folder) : readAll(folder);
  const own = join(folder, "eddy.safetensors");
  if (existsSync(own)) {
    using file = openSafetensors(own);
    for (const name of file.tensors.keys()) tensors.set(name, finite(file.read(name), name, own));
  }
  return { kind, version, tensors, files: readTextFiles(folder, [...names, "eddy.json"]) };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function loadFile(path: string, kernels: Kernels | undefined): PolicySnapshot {
  const what = !path.endsWith(".gguf")
    ? "it is a file, neither a model folder nor a GGUF file"
    : kernels === undefined
    ? "a GGUF file needs the kernels"
    : undefined;
  if (what !== undefined || kernels === undefined) {
    throw new EddyError("model_unsupported", `Cannot load '${path}': ${what}`);
  }
  const snapshot = loadGguf(kernels, path);
  for (const [name, tensor] of snapshot.tensors) finite(tensor, name, path);
  return snapshot;
}

/** The folder of a version: the one that `latest` names, or the path itself. */
export function versionFolder(path: string): string {
  const pointer = join(path, "latest");
  if (!existsSync(pointer)) {
    const files = ["eddy.json", "config.json", "adapter_config.json"];
    if (files.some((file) => existsSync(join(path, file)))) return path;
    const state = existsSync(path)
      ? "it has neither 'latest' nor 'config.json'"
      : "there is no such file or folder; give a run's or a model's folder, or a .gguf file";
    throw new EddyError("checkpoint_missing", `Cannot load '${path}': ${state}`);
  }
  const name = readTextFile(pointer).trim();
  if (!VERSION_FOLDER.test(name)) {
    throw new EddyError("checkpoint_invalid", `Cannot read '${pointer}': '${name.slice(0, 40)}' names no version`);
  }
  return join(path, name);
}

/**
 * What eddy.json says, once every file that it names was found to be as it was written.
 *
 * @throws {EddyError} `checkpoint_invalid` If one is not.
 */
export function checkDescription(
  folder: string,
): { readonly kind: PolicySnapshot["kind"]; readonly version: number; readonly names: readonly string[] } {
  const path = join(folder, "eddy.json");
  const { format, kind, policyVersion, hashes } = readJsonObject(path);
  const fail = (reason: string): never => {
    throw new EddyError("checkpoint_invalid", `Cannot load '${folder}': ${reason}`);
  };
  if (format !== "eddy-checkpoint/1") return fail(`eddy.json has the format ${JSON.stringify(format)}`);
  if (kind !== "linear" && kind !== "transformer" && kind !== "remote") {
    return fail(`eddy.json has the kind ${JSON.stringify(kind)}`);
  }
  if (!Number.isSafeInteger(policyVersion) || typeof hashes !== "object" || hashes === null) {
    return fail("eddy.json needs 'policyVersion' and 'hashes'");
  }
  for (const [file, hash] of Object.entries(hashes)) {
    if (/[/\\:\0]/.test(file)) return fail(`eddy.json names '${file}', which is not a file of this folder`);
    if (!existsSync(join(folder, file))) return fail(`'${file}' is missing`);
    if (fileHash(join(folder, file)) !== hash) return fail(`'${file}' is not the file that was saved`);
  }
  const names = Object.keys(hashes).filter((name) => !name.endsWith(".safetensors"));
  return { kind, version: policyVersion as number, names };
}

/**
 * The texts of those files that are there.
 *
 * @throws {EddyError} `checkpoint_invalid` If one that should be a JSON object is none.
 */
export function readTextFiles(folder: string, names: readonly string[]): Map<string, string> {
  const present = names.filter((name) => existsSync(join(folder, name)));
  const files = new Map(present.map((name) => [name, readTextFile(join(folder, name))]));
  checkJsonFiles(files, folder);
  return files;
}

function readModel(folder: string): Map<string, Tensor> {
  const path = join(folder, "config.json");
  const config = readModelConfig(readJsonObject(path), path);
  using files = openTensorFolder(folder);
  const tensors = new Map<string, Tensor>();
  for (const [{ name }, found] of checkTensors(config, files.shapes, folder)) {
    tensors.set(name, finite(files.read(found), found, folder));
  }
  if (config.tied && files.shapes.has("lm_head.weight")) {
    const [embedding] = tensors.values();
    checkSecondHead(embedding, finite(files.read("lm_head.weight"), "lm_head.weight", folder), folder);
  }
  return tensors;
}

/** An adapter's weights, as PEFT saves them. */
function readAdapter(folder: string): Map<string, Tensor> {
  const path = join(folder, "adapter_model.safetensors");
  if (!existsSync(path) && existsSync(join(folder, "adapter_model.bin"))) {
    const message = `Cannot load '${folder}': 'adapter_model.bin' can run code; save the adapter as safetensors`;
    throw new EddyError("model_unsupported", message);
  }
  using file = openSafetensors(path);
  return new Map([...file.tensors.keys()].map((name) => [name, finite(file.read(name), name, path)]));
}

function checkSecondHead(embedding: Tensor, head: Tensor, folder: string): void {
  const { values } = embedding;
  if (head.values.length !== values.length || head.values.some((value, i) => value !== values[i])) {
    const message = `Cannot load '${folder}': config.json ties the head to the embedding, 'lm_head.weight' is another`;
    throw new EddyError("checkpoint_invalid", message);
  }
}

function readAll(folder: string): Map<string, Tensor> {
  using files = openTensorFolder(folder);
  return new Map([...files.shapes.keys()].map((name) => [name, finite(files.read(name), name, folder)]));
}

function finite(tensor: Tensor, name: string, where: string): Tensor {
  const { values } = tensor;
  let at = 0;
  // A number minus itself is 0, unless it is none or infinite. A callback for each would take ten times as long.
  while (at < values.length && values[at] - values[at] === 0) at++;
  if (at === values.length) return tensor;
  const message = `Cannot load '${where}': '${name}' has the weight ${values[at]} at position ${at}`;
  throw new EddyError("weights_not_finite", message);
}
