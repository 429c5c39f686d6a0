import type { ModelConfig } from "../model_config.ts";
import type { Architecture } from "./architecture.ts";
import { inverseRoot, readActivation, readCap, readDecoder, readWindows } from "./_decoder.ts";

/** Gemma 2: norms before and after, capped scores and logits, every other layer slides. */
export const gemma2: Architecture = {
  modelType: "gemma2",
  classes: ["Gemma2ForCausalLM", "Gemma2Model"],
  prefix: "model.",
  read(reader): ModelConfig {
    reader.only({ use_bidirectional_attention: false });
    const config = readDecoder(reader, "gemma2", { tied: true, headDimension: 256, maximumPositions: 8192 });
    const bias = reader.flag("attention_bias", false);
    return {
      ...config,
      blocks: {
        norm: "rms-from-one",
        postNorms: true,
        projectionBias: bias,
        outputBias: bias,
        activation: readActivation(reader, ["hidden_activation", "hidden_act"], "gelu_pytorch_tanh"),
        attentionScale: inverseRoot(reader.positive("query_pre_attn_scalar", 256)),
        attentionCap: readCap(reader, "attn_logit_softcapping", 50),
        logitCap: readCap(reader, "final_logit_softcapping", 30),
        embeddingScale: Math.fround(Math.sqrt(config.hiddenSize)),
        windows: readWindows(reader, config.layers, (layer) => layer % 2 === 0, 4096),
      },
    };
  },
  gguf: {
    name: "gemma2",
    normsFromOne: true,
    // The file does not say what divides the scores: the 27B model has hidden/heads, the others the head's dimension.
    config: ({ ...shared }) => ({
      ...shared,
      query_pre_attn_scalar: shared.num_hidden_layers === 46
        ? Number(shared.hidden_size) / Number(shared.num_attention_heads)
        : shared.head_dim ?? Number(shared.hidden_size) / Number(shared.num_attention_heads),
      attn_logit_softcapping: shared.attn_logit_softcapping ?? 50,
      final_logit_softcapping: shared.final_logit_softcapping ?? 30,
    }),
  },
};
