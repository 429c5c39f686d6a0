import { LLAMA_BLOCKS, type ModelConfig } from "./model_config.ts";

/**
 * Name and shape of every weight of a model, by the names of Llama and Gemma and in the order in which the kernels keep
 * them; the value head is Eddy's own and not here.
 */
export function modelTensors(config: ModelConfig): Map<string, readonly number[]> {
  const { vocabularySize, hiddenSize, headDimension, intermediateSize, maximumPositions } = config;
  const blocks = { ...LLAMA_BLOCKS, ...config.blocks };
  const queries = config.heads * headDimension, keys = config.keyValueHeads * headDimension;
  const tensors = new Map<string, readonly number[]>();
  const linear = (at: string, outer: Readonly<Record<string, number>>, inner: number, bias: boolean): void => {
    for (const [part, rows] of Object.entries(outer)) tensors.set(`${at}.${part}.weight`, [rows, inner]);
    for (const [part, rows] of bias ? Object.entries(outer) : []) tensors.set(`${at}.${part}.bias`, [rows]);
  };
  const norm = (name: string): void => {
    tensors.set(`${name}.weight`, [hiddenSize]);
    if (blocks.norm === "layer") tensors.set(`${name}.bias`, [hiddenSize]);
  };
  tensors.set("model.embed_tokens.weight", [vocabularySize, hiddenSize]);
  if (blocks.learnedPositions) tensors.set("model.embed_positions.weight", [maximumPositions, hiddenSize]);
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `model.layers.${layer}`, attention = `${at}.self_attn`;
    linear(attention, { q_proj: queries, k_proj: keys, v_proj: keys }, hiddenSize, blocks.projectionBias);
    linear(attention, { o_proj: hiddenSize }, queries, blocks.outputBias);
    const up = { ...(blocks.gated ? { gate_proj: intermediateSize } : {}), up_proj: intermediateSize };
    linear(`${at}.mlp`, up, hiddenSize, blocks.feedForwardBias);
    linear(`${at}.mlp`, { down_proj: hiddenSize }, intermediateSize, blocks.feedForwardBias);
    norm(`${at}.input_layernorm`);
    norm(`${at}.post_attention_layernorm`);
    if (blocks.postNorms) {
      norm(`${at}.pre_feedforward_layernorm`);
      norm(`${at}.post_feedforward_layernorm`);
    }
    if (blocks.queryKeyNorms) {
      for (const name of ["q_norm", "k_norm"]) tensors.set(`${attention}.${name}.weight`, [headDimension]);
    }
  }
  norm("model.norm");
  if (!config.tied) tensors.set("lm_head.weight", [vocabularySize, hiddenSize]);
  return tensors;
}
