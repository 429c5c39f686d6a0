import type { Kernels } from "../../../kernels/mod.ts";
import type { PolicySnapshot } from "../../policy.ts";
import { readModelConfig } from "../read_model_config.ts";
import { joinParts, storedTensors } from "../stored_tensors.ts";
import { openGguf } from "./gguf.ts";
import { ggufConfig } from "./gguf_config.ts";
import { readGgufTensors } from "./gguf_tensors.ts";

/**
 * Reads the model of a GGUF file as a snapshot: weights in float32 by their Hugging Face names, and the config.json that
 * goes with them. The tokenizer's lists are in the metadata that `openGguf` hands out.
 *
 * @throws {EddyError} As `openGguf`; `model_unsupported` also where the architecture is not one that Eddy computes.
 */
export function loadGguf(kernels: Kernels, path: string): PolicySnapshot {
  using file = openGguf(kernels, path);
  const { model, json } = ggufConfig(file, path);
  const config = readModelConfig(json, path);
  const own = readGgufTensors(file, model, config, path);
  const tensors = storedTensors(config).map((stored) =>
    [stored.name, joinParts(stored, (part) => own.get(part)!)] as const
  );
  const files = new Map([["config.json", JSON.stringify(json, undefined, 2) + "\n"]]);
  return { kind: "transformer", version: 0, tensors: new Map(tensors), files };
}
