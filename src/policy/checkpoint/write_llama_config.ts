import type { JsonObject } from "./config_reader.ts";
import type { ModelConfig } from "./model_config.ts";

/**
 * The `config.json` of a model that Eddy made, which is a Llama: transformers 4 and 5 both read it. A model from
 * elsewhere keeps its own.
 */
export function writeLlamaConfig(config: ModelConfig): JsonObject {
  const { ropeScaling: scaling } = config;
  return {
    architectures: ["LlamaForCausalLM"],
    attention_bias: false,
    attention_dropout: 0,
    head_dim: config.headDimension,
    hidden_act: "silu",
    hidden_size: config.hiddenSize,
    initializer_range: 0.02,
    intermediate_size: config.intermediateSize,
    max_position_embeddings: config.maximumPositions,
    mlp_bias: false,
    model_type: "llama",
    num_attention_heads: config.heads,
    num_hidden_layers: config.layers,
    num_key_value_heads: config.keyValueHeads,
    rms_norm_eps: config.normEpsilon,
    rope_scaling: scaling?.type !== "llama3" ? null : {
      factor: scaling.factor,
      high_freq_factor: scaling.highFrequencyFactor,
      low_freq_factor: scaling.lowFrequencyFactor,
      original_max_position_embeddings: scaling.originalMaximumPositions,
      rope_type: "llama3",
    },
    rope_theta: config.ropeTheta,
    tie_word_embeddings: config.tied,
    torch_dtype: "float32",
    use_cache: true,
    vocab_size: config.vocabularySize,
  };
}
