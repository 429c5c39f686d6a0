import { EddyError } from "../../errors.ts";
import { ARCHITECTURES } from "./architecture/mod.ts";
import type { ModelConfig } from "./model_config.ts";
import { modelTensors } from "./model_tensors.ts";
import { storedShape, type StoredTensor, storedTensors } from "./stored_tensors.ts";

/**
 * Finds a folder's tensors: exactly those of its configuration, before anything is allocated for them. Names may lack
 * the architecture's prefix.
 *
 * @param shapes What the files hold.
 * @returns The stored tensors and the name of each in the files.
 * @throws {EddyError} `checkpoint_invalid` If one is missing or has another shape; `model_unsupported` If there is one
 * that the architecture does not have: leaving it out would compute another model.
 */
export function checkTensors(
  config: ModelConfig,
  shapes: ReadonlyMap<string, readonly number[]>,
  where: string,
): Map<StoredTensor, string> {
  const { modelType = "llama" } = config;
  const { prefix, ignored } = ARCHITECTURES.get(modelType)!;
  const foundName = (name: string): string | undefined => {
    const bare = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    return [name, bare].find((each) => shapes.has(each));
  };
  const one = storedTensors({ ...config, layers: 1, blocks: { ...config.blocks, windows: [], localRopes: [] } });
  // A false layer count is told before a list of that length is made.
  if (shapes.size < config.layers * one.filter(({ name }) => /\.0\./.test(name)).length) {
    const missing = one.find(({ name }) => foundName(name) === undefined);
    throw new EddyError(
      "checkpoint_invalid",
      `Cannot load '${where}': ${shapes.size} tensors are too few for ${config.layers} layers; some are missing` +
        (missing === undefined ? "" : `, '${missing.name}' among them`),
    );
  }
  const own = modelTensors(config);
  const names = new Map<StoredTensor, string>();
  for (const stored of storedTensors(config)) {
    const { name } = stored;
    const found = foundName(name);
    if (found === undefined) {
      throw new EddyError("checkpoint_invalid", `Cannot load '${where}': the tensor '${name}' is missing`);
    }
    const shape = storedShape(stored, own), actual = shapes.get(found)!;
    if (actual.join() !== shape.join()) {
      const message = `Cannot load '${where}': config.json makes '${name}' [${shape}], the file has [${actual}]`;
      throw new EddyError("checkpoint_invalid", message);
    }
    names.set(stored, found);
  }
  const known = new Set(names.values());
  for (const name of shapes.keys()) {
    if (known.has(name) || (config.tied && name === "lm_head.weight") || FREQUENCIES.test(name)) continue;
    if (ignored?.test(name)) continue;
    throw new EddyError("model_unsupported", `Cannot load '${where}': a '${modelType}' has no tensor '${name}'`);
  }
  return names;
}

/** Old files store the rotation's frequencies, which hold nothing new. */
const FREQUENCIES = /\.rotary_emb\.inv_freq$/;
