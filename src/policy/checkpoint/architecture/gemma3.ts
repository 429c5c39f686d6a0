import type { ConfigReader } from "../config_reader.ts";
import type { ModelConfig } from "../model_config.ts";
import type { Architecture } from "./architecture.ts";
import { inverseRoot, readActivation, readCap, readDecoder, readWindows } from "./_decoder.ts";
import { readRope } from "./_rope.ts";

/** Gemma 3, text alone: Gemma 2 whose queries and keys are normalised, with five sliding layers to a full one. */
export const gemma3: Architecture = {
  modelType: "gemma3_text",
  classes: ["Gemma3ForCausalLM", "Gemma3TextModel"],
  prefix: "model.",
  read(reader): ModelConfig {
    reader.only({ use_bidirectional_attention: false });
    const { json } = reader;
    const defaults = { tied: true, headDimension: 256, maximumPositions: 131_072 };
    const config = readDecoder(reader.inside({ ...json, rope_theta: json.rope_theta ?? 1e6 }), "gemma3_text", defaults);
    const bias = reader.flag("attention_bias", false);
    const pattern = reader.natural("sliding_window_pattern", 6);
    const windows = readWindows(reader, config.layers, (layer) => (layer + 1) % pattern !== 0, 4096);
    return {
      ...config,
      localRope: readLocalRope(reader, config.headDimension),
      blocks: {
        norm: "rms-from-one",
        postNorms: true,
        queryKeyNorms: true,
        projectionBias: bias,
        outputBias: bias,
        activation: readActivation(reader, ["hidden_activation", "hidden_act"], "gelu_pytorch_tanh"),
        attentionScale: inverseRoot(reader.positive("query_pre_attn_scalar", 256)),
        attentionCap: readCap(reader, "attn_logit_softcapping"),
        logitCap: readCap(reader, "final_logit_softcapping"),
        embeddingScale: Math.fround(Math.sqrt(config.hiddenSize)),
        windows,
        localRopes: windows.map((window) => window > 0),
      },
    };
  },
  gguf: {
    name: "gemma3",
    normsFromOne: true,
    config: ({ ...shared }) => ({
      ...shared,
      query_pre_attn_scalar: shared.num_hidden_layers === 62
        ? Number(shared.hidden_size) / Number(shared.num_attention_heads)
        : shared.head_dim ?? Number(shared.hidden_size) / Number(shared.num_attention_heads),
      rope_theta: shared.rope_theta ?? 1e6,
    }),
  },
};

/** Sliding layers turn faster, and are never stretched in transformers 4. */
function readLocalRope(reader: ConfigReader, headDimension: number): ModelConfig["localRope"] {
  const { rope_parameters: given, rope_local_base_freq: base } = reader.json;
  const both = typeof given === "object" && given !== null && "sliding_attention" in given;
  if (both) return readRope(reader, "sliding_attention", headDimension);
  return { ropeTheta: reader.inside({ rope_local_base_freq: base }).positive("rope_local_base_freq", 10_000) };
}
