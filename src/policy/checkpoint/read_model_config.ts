import { ARCHITECTURES } from "./architecture/mod.ts";
import { configReader, type JsonObject, showValue } from "./config_reader.ts";
import type { ModelConfig } from "./model_config.ts";

/**
 * Reads a Hugging Face `config.json`, as transformers 4 or transformers 5 writes it.
 *
 * @param json Content of the file.
 * @param where Names the file in messages.
 * @throws {EddyError} `model_unsupported` If the model computes something that Eddy does not, naming what;
 * `checkpoint_invalid` If a value is missing or impossible.
 */
export function readModelConfig(json: JsonObject, where = "config.json"): ModelConfig {
  const reader = configReader(json, where);
  const { model_type: type, architectures: classes } = json;
  const architecture = typeof type === "string" ? ARCHITECTURES.get(type) : undefined;
  if (architecture === undefined) {
    return reader.unsupported(
      `the model type is ${showValue(type)}; Eddy computes ${[...ARCHITECTURES.keys()].join(", ")}`,
    );
  }
  if (Array.isArray(classes) && !classes.some((name) => architecture.classes.includes(name))) {
    reader.unsupported(`the architecture is ${showValue(classes)}; Eddy computes '${architecture.classes[0]}'`);
  }
  return architecture.read(reader);
}
