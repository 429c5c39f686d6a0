import type { Kernels } from "../../../kernels/mod.ts";
import type { PolicySnapshot } from "../../policy.ts";
import { readModelConfig } from "../read_model_config.ts";
import { joinParts, storedTensors } from "../stored_tensors.ts";
import { openGguf } from "./gguf.ts";
import { ggufConfig } from "./gguf_config.ts";
import { ggufFiles } from "./gguf_files.ts";
import { readGgufTensors } from "./gguf_tensors.ts";

/**
 * Reads the model of a GGUF file as a snapshot: weights in float32 by their Hugging Face names, with the config.json and,
 * where the file has a vocabulary, the tokenizer.json, tokenizer_config.json and generation_config.json that go with them.
 *
 * @throws {EddyError} As `openGguf`; `model_unsupported` also where the architecture is not one that Eddy computes;
 * `tokenizer_invalid` where its vocabulary is not one that Eddy cuts texts with.
 */
export function loadGguf(kernels: Kernels, path: string): PolicySnapshot {
  using file = openGguf(kernels, path);
  const { model, json } = ggufConfig(file, path);
  const config = readModelConfig(json, path);
  const own = readGgufTensors(file, model, config, path);
  const tensors = storedTensors(config).map((stored) =>
    [stored.name, joinParts(stored, (part) => own.get(part)!)] as const
  );
  return { kind: "transformer", version: 0, tensors: new Map(tensors), files: ggufFiles(kernels, file, json, path) };
}
