import type { ModelConfig } from "../model_config.ts";
import type { Architecture } from "./architecture.ts";
import { readActivation, readDecoder } from "./_decoder.ts";
import { readLateWindows } from "./qwen2.ts";

/** Qwen 3: queries and keys are normalised. */
export const qwen3: Architecture = {
  modelType: "qwen3",
  classes: ["Qwen3ForCausalLM", "Qwen3Model"],
  prefix: "model.",
  read(reader): ModelConfig {
    const config = readDecoder(reader, "qwen3", { headDimension: 128, maximumPositions: 32_768 });
    const bias = reader.flag("attention_bias", false);
    const windows = readLateWindows(reader, config.layers);
    const activation = readActivation(reader, ["hidden_act"], "silu");
    return { ...config, blocks: { queryKeyNorms: true, projectionBias: bias, outputBias: bias, windows, activation } };
  },
  gguf: { name: "qwen3" },
};
