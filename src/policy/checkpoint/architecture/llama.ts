import type { ModelConfig } from "../model_config.ts";
import type { Architecture } from "./architecture.ts";
import { readActivation, readDecoder, readWindows } from "./_decoder.ts";

/** Llama 1 to 3, SmolLM2, TinyLlama and whatever else took the layout. */
export const llama: Architecture = {
  modelType: "llama",
  classes: ["LlamaForCausalLM", "LlamaModel"],
  prefix: "model.",
  read(reader): ModelConfig {
    reader.only({
      sliding_window: null,
      use_sliding_window: false,
      attn_logit_softcapping: null,
      final_logit_softcapping: null,
    });
    const config = readDecoder(reader, "llama");
    if (readWindows(reader, config.layers, () => false, 1).length > 0) {
      reader.unsupported("'layer_types' has other than 'full_attention'");
    }
    const bias = reader.flag("attention_bias", false);
    const feedForwardBias = reader.flag("mlp_bias", false);
    const activation = readActivation(reader, ["hidden_act"], "silu");
    if (!bias && !feedForwardBias && activation === "silu") return config;
    return { ...config, blocks: { projectionBias: bias, outputBias: bias, feedForwardBias, activation } };
  },
  gguf: { name: "llama", interleaved: true },
};
