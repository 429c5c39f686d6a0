import { type JsonObject, modelTensors, readModelConfig, storedTensors, type Tensor } from "../../src/policy/mod.ts";
import { storedShape } from "../../src/policy/checkpoint/stored_tensors.ts";

const SIZES = {
  vocab_size: 31,
  hidden_size: 24,
  intermediate_size: 20,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 8,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  hidden_act: "silu",
};
const TURNS = { rope_theta: 1000, rope_scaling: null };
const GEMMA = { ...SIZES, hidden_activation: "gelu_pytorch_tanh", tie_word_embeddings: true };
const FACTORS = { short_factor: [1, 1.1, 1.5], long_factor: [1.2, 2, 4] };

/** Configurations of every architecture, in the styles of transformers 4 and 5. */
export const CONFIGS: Readonly<Record<string, JsonObject>> = {
  "llama with biases, gelu and linear scaling": {
    ...SIZES,
    model_type: "llama",
    attention_bias: true,
    mlp_bias: true,
    hidden_act: "gelu",
    rope_theta: 500,
    rope_scaling: { type: "linear", factor: 3 },
  },
  "llama with yarn": {
    ...SIZES,
    model_type: "llama",
    tie_word_embeddings: true,
    rope_parameters: { rope_type: "yarn", rope_theta: 200, factor: 4, original_max_position_embeddings: 16 },
  },
  "mistral with a window": { ...SIZES, ...TURNS, model_type: "mistral", sliding_window: 5 },
  "mistral without a window": { ...SIZES, ...TURNS, model_type: "mistral", sliding_window: null },
  "qwen2 whose last layers slide": {
    ...SIZES,
    ...TURNS,
    model_type: "qwen2",
    use_sliding_window: true,
    sliding_window: 4,
    max_window_layers: 2,
  },
  "qwen2 whose layers are listed": {
    ...SIZES,
    ...TURNS,
    model_type: "qwen2",
    use_sliding_window: true,
    sliding_window: 7,
    layer_types: ["sliding_attention", "full_attention", "sliding_attention"],
  },
  "qwen3, tied": {
    ...SIZES,
    model_type: "qwen3",
    tie_word_embeddings: true,
    rope_parameters: { rope_type: "default", rope_theta: 300 },
  },
  "qwen3 with biases": { ...SIZES, ...TURNS, model_type: "qwen3", attention_bias: true },
  "gpt2, untied, with exact gelu and plain scores": {
    model_type: "gpt2",
    vocab_size: 31,
    n_embd: 24,
    n_head: 3,
    n_layer: 2,
    n_inner: 28,
    n_positions: 40,
    layer_norm_epsilon: 1e-5,
    activation_function: "gelu",
    tie_word_embeddings: false,
    scale_attn_weights: false,
  },
  "gpt2 of the first files": {
    ...{ model_type: "gpt2", vocab_size: 31, n_embd: 24, n_head: 2, n_layer: 2, n_positions: 40, n_ctx: 40 },
    ...{ layer_norm_epsilon: 1e-5, activation_function: "gelu_new" },
  },
  "gemma": { ...GEMMA, ...TURNS, model_type: "gemma", hidden_act: "gelu", hidden_activation: null },
  "gemma2 in the older style": {
    ...GEMMA,
    ...TURNS,
    model_type: "gemma2",
    sliding_window: 6,
    query_pre_attn_scalar: 20,
    attn_logit_softcapping: 2.5,
    final_logit_softcapping: 3,
  },
  "gemma2 without caps": {
    ...GEMMA,
    ...TURNS,
    model_type: "gemma2",
    sliding_window: 3,
    query_pre_attn_scalar: 8,
    attn_logit_softcapping: null,
    final_logit_softcapping: null,
  },
  "gemma3 in the older style": {
    ...GEMMA,
    model_type: "gemma3_text",
    rope_theta: 5000,
    rope_local_base_freq: 100,
    rope_scaling: { rope_type: "linear", factor: 4 },
    sliding_window: 5,
    sliding_window_pattern: 3,
    query_pre_attn_scalar: 8,
  },
  "gemma3 in the newer style": {
    ...GEMMA,
    model_type: "gemma3_text",
    rope_parameters: {
      full_attention: { rope_type: "linear", rope_theta: 4000, factor: 2 },
      sliding_attention: { rope_type: "default", rope_theta: 50 },
    },
    layer_types: ["sliding_attention", "full_attention", "sliding_attention"],
    sliding_window: 4,
    query_pre_attn_scalar: 16,
  },
  "phi3": { ...SIZES, ...TURNS, model_type: "phi3", sliding_window: 9 },
  "phi3 with longrope on a part of each head": {
    ...SIZES,
    model_type: "phi3",
    rope_theta: 100,
    partial_rotary_factor: 0.75,
    original_max_position_embeddings: 16,
    rope_scaling: { type: "longrope", ...FACTORS },
    sliding_window: null,
  },
  "phi3 in the newer style": {
    ...SIZES,
    model_type: "phi3",
    original_max_position_embeddings: 16,
    rope_parameters: { rope_type: "longrope", rope_theta: 100, partial_rotary_factor: 0.75, ...FACTORS },
  },
};

/** Weights that depend on their names alone, large enough that every path matters. */
export function randomTensors(json: JsonObject): Map<string, Tensor> {
  const config = readModelConfig(json), shapes = modelTensors(config);
  let state = 12345;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return new Map(
    storedTensors(config).map((stored) => {
      const shape = storedShape(stored, shapes), size = shape.reduce((a, b) => a * b, 1);
      const scale = shape.length === 1 ? 1 : 2.5 / Math.sqrt(shape[1]);
      const isNorm = /norm|ln_/.test(stored.name) && stored.name.endsWith("weight");
      const values = Float32Array.from({ length: size }, () => next() * scale + (isNorm ? 1 : 0));
      return [stored.name, { shape, values }];
    }),
  );
}
