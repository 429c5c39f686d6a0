import type { ModelConfig } from "../model_config.ts";
import type { StoredTensor } from "../stored_tensors.ts";
import type { Architecture } from "./architecture.ts";
import { checkHeads, readActivation, readEpsilon } from "./_decoder.ts";

/** GPT-2: learned positions, layer norms, biases everywhere, no gate; its matrices are stored [in, out]. */
export const gpt2: Architecture = {
  modelType: "gpt2",
  classes: ["GPT2LMHeadModel", "GPT2Model"],
  prefix: "transformer.",
  read(reader): ModelConfig {
    reader.only({
      quantization_config: null,
      is_decoder: false,
      add_cross_attention: false,
      scale_attn_by_inverse_layer_idx: false,
    });
    const { natural } = reader;
    const hiddenSize = natural("n_embd", 768), heads = natural("n_head", 12);
    const config: ModelConfig = {
      modelType: "gpt2",
      vocabularySize: natural("vocab_size", 50_257),
      hiddenSize,
      layers: natural("n_layer", 12, 10_000),
      heads,
      keyValueHeads: heads,
      headDimension: reader.inside({ "n_embd / n_head": hiddenSize / heads }).natural("n_embd / n_head"),
      intermediateSize: natural("n_inner", 4 * hiddenSize),
      maximumPositions: natural("n_positions", 1024, 2 ** 22),
      ropeTheta: 10_000,
      rotaryDimension: 0,
      normEpsilon: readEpsilon(reader, "layer_norm_epsilon", 1e-5),
      tied: reader.flag("tie_word_embeddings", true),
      blocks: {
        norm: "layer",
        projectionBias: true,
        outputBias: true,
        feedForwardBias: true,
        gated: false,
        activation: readActivation(reader, ["activation_function"], "gelu_new"),
        attentionScale: reader.flag("scale_attn_weights", true) ? 0 : 1,
        learnedPositions: true,
      },
    };
    checkHeads(reader, config);
    return config;
  },
  stored({ layers, tied }): StoredTensor[] {
    const plain = (name: string, part: string): StoredTensor[] =>
      ["weight", "bias"].map((kind) => ({ name: `${name}.${kind}`, parts: [`${part}.${kind}`] }));
    const linear = (name: string, ...parts: string[]): StoredTensor[] => [
      { name: `${name}.weight`, parts: parts.map((part) => `${part}.weight`), transposed: true },
      { name: `${name}.bias`, parts: parts.map((part) => `${part}.bias`) },
    ];
    const layer = (_: unknown, index: number): StoredTensor[] => {
      const from = `transformer.h.${index}`, to = `model.layers.${index}`, attention = `${to}.self_attn`;
      return [
        ...plain(`${from}.ln_1`, `${to}.input_layernorm`),
        ...linear(`${from}.attn.c_attn`, `${attention}.q_proj`, `${attention}.k_proj`, `${attention}.v_proj`),
        ...linear(`${from}.attn.c_proj`, `${attention}.o_proj`),
        ...plain(`${from}.ln_2`, `${to}.post_attention_layernorm`),
        ...linear(`${from}.mlp.c_fc`, `${to}.mlp.up_proj`),
        ...linear(`${from}.mlp.c_proj`, `${to}.mlp.down_proj`),
      ];
    };
    return [
      { name: "transformer.wte.weight", parts: ["model.embed_tokens.weight"] },
      { name: "transformer.wpe.weight", parts: ["model.embed_positions.weight"] },
      ...Array.from({ length: layers }, layer).flat(),
      ...plain("transformer.ln_f", "model.norm"),
      ...(tied ? [] : [{ name: "lm_head.weight", parts: ["lm_head.weight"] }]),
    ];
  },
  // Old files keep the causal mask.
  ignored: /\.attn\.(masked_)?bias$/,
  gguf: {
    name: "gpt2",
    config: ({ hidden_size, num_attention_heads, num_hidden_layers, intermediate_size, ...shared }) => ({
      vocab_size: shared.vocab_size,
      n_embd: hidden_size,
      n_head: num_attention_heads,
      n_layer: num_hidden_layers,
      n_inner: intermediate_size,
      n_positions: shared.max_position_embeddings,
      layer_norm_epsilon: shared.layer_norm_epsilon,
      activation_function: "gelu_new",
      tie_word_embeddings: shared.tie_word_embeddings,
    }),
  },
};
