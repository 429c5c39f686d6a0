import { LLAMA_BLOCKS, type ModelConfig } from "./model_config.ts";

/**
 * Name and shape of every weight of a model, in the order of the layers and by the names of Llama and Gemma; the value
 * head is Eddy's own and not here.
 */
export function modelTensors(config: ModelConfig): Map<string, readonly number[]> {
  const { vocabularySize, hiddenSize, headDimension, intermediateSize, maximumPositions } = config;
  const blocks = { ...LLAMA_BLOCKS, ...config.blocks };
  const queries = config.heads * headDimension, keys = config.keyValueHeads * headDimension;
  const tensors = new Map<string, readonly number[]>();
  const linear = (name: string, outer: number, inner: number, bias: boolean): void => {
    tensors.set(`${name}.weight`, [outer, inner]);
    if (bias) tensors.set(`${name}.bias`, [outer]);
  };
  const norm = (name: string): void => {
    tensors.set(`${name}.weight`, [hiddenSize]);
    if (blocks.norm === "layer") tensors.set(`${name}.bias`, [hiddenSize]);
  };
  tensors.set("model.embed_tokens.weight", [vocabularySize, hiddenSize]);
  if (blocks.learnedPositions) tensors.set("model.embed_positions.weight", [maximumPositions, hiddenSize]);
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `model.layers.${layer}`;
    norm(`${at}.input_layernorm`);
    linear(`${at}.self_attn.q_proj`, queries, hiddenSize, blocks.projectionBias);
    linear(`${at}.self_attn.k_proj`, keys, hiddenSize, blocks.projectionBias);
    linear(`${at}.self_attn.v_proj`, keys, hiddenSize, blocks.projectionBias);
    linear(`${at}.self_attn.o_proj`, hiddenSize, queries, blocks.outputBias);
    if (blocks.queryKeyNorms) {
      tensors.set(`${at}.self_attn.q_norm.weight`, [headDimension]);
      tensors.set(`${at}.self_attn.k_norm.weight`, [headDimension]);
    }
    norm(`${at}.post_attention_layernorm`);
    if (blocks.postNorms) {
      norm(`${at}.pre_feedforward_layernorm`);
      norm(`${at}.post_feedforward_layernorm`);
    }
    if (blocks.gated) linear(`${at}.mlp.gate_proj`, intermediateSize, hiddenSize, blocks.feedForwardBias);
    linear(`${at}.mlp.up_proj`, intermediateSize, hiddenSize, blocks.feedForwardBias);
    linear(`${at}.mlp.down_proj`, hiddenSize, intermediateSize, blocks.feedForwardBias);
  }
  norm("model.norm");
  if (!config.tied) tensors.set("lm_head.weight", [vocabularySize, hiddenSize]);
  return tensors;
}
