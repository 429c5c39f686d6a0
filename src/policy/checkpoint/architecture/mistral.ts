import type { ModelConfig } from "../model_config.ts";
import type { Architecture } from "./architecture.ts";
import { readActivation, readDecoder, readWindows } from "./_decoder.ts";

/** Mistral: Llama whose layers may all slide. */
export const mistral: Architecture = {
  modelType: "mistral",
  classes: ["MistralForCausalLM", "MistralModel"],
  prefix: "model.",
  read(reader): ModelConfig {
    const config = readDecoder(reader, "mistral", { maximumPositions: 131_072 });
    const slides = reader.json.sliding_window !== null;
    const windows = readWindows(reader, config.layers, () => slides, 4096);
    return { ...config, blocks: { windows, activation: readActivation(reader, ["hidden_act"], "silu") } };
  },
};
