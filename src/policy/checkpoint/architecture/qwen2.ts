import type { ConfigReader } from "../config_reader.ts";
import type { ModelConfig } from "../model_config.ts";
import type { Architecture } from "./architecture.ts";
import { readActivation, readDecoder, readWindows } from "./_decoder.ts";

/** Qwen 2 and 2.5: Llama with a bias on queries, keys and values. */
export const qwen2: Architecture = {
  modelType: "qwen2",
  classes: ["Qwen2ForCausalLM", "Qwen2Model"],
  prefix: "model.",
  read(reader): ModelConfig {
    const config = readDecoder(reader, "qwen2", { maximumPositions: 32_768 });
    const windows = readLateWindows(reader, config.layers);
    const activation = readActivation(reader, ["hidden_act"], "silu");
    return { ...config, blocks: { projectionBias: true, windows, activation } };
  },
  gguf: { name: "qwen2" },
};

/** Qwen slides, if told so, in the layers from `max_window_layers` on. */
export function readLateWindows(reader: ConfigReader, layers: number): number[] {
  if (!reader.flag("use_sliding_window", false) || reader.json.sliding_window === null) {
    if (readWindows(reader, layers, () => false, 1).length > 0) {
      reader.invalid(
        "'layer_types' has layers that slide, 'use_sliding_window' or 'sliding_window' says that none does",
      );
    }
    return [];
  }
  const first = reader.json.max_window_layers === 0 ? 0 : reader.natural("max_window_layers", 28);
  return readWindows(reader, layers, (layer) => layer >= first, 4096);
}
