import { ARCHITECTURES } from "../architecture/mod.ts";
import { LLAMA_BLOCKS, type ModelConfig } from "../model_config.ts";
import { ropeFrequencies, ropeScale } from "../rope_frequencies.ts";
import type { TypedGgufValue } from "./encode_gguf_header.ts";
import type { GgufModel } from "./gguf_config.ts";

/** The architecture as which GGUF files hold a model: Mistral is a Llama there. */
export function ggufModelOf({ modelType = "llama" }: ModelConfig): GgufModel {
  const own = ARCHITECTURES.get(modelType)!;
  return (own.gguf === undefined ? ARCHITECTURES.get("llama") : own) as GgufModel;
}

/** A model's shape in the keys of a GGUF file: the inverse of `ggufConfig`. */
export function modelMetadata(config: ModelConfig): Map<string, TypedGgufValue> {
  const { name } = ggufModelOf(config).gguf;
  const blocks = { ...LLAMA_BLOCKS, ...config.blocks };
  const turned = config.rotaryDimension ?? config.headDimension;
  const metadata = new Map<string, TypedGgufValue>();
  const u32 = (key: string, value: number): void => void metadata.set(`${name}.${key}`, { type: "u32", value });
  const f32 = (key: string, value: number): void => void metadata.set(`${name}.${key}`, { type: "f32", value });
  metadata.set("general.architecture", { type: "text", value: name });
  metadata.set("general.alignment", { type: "u32", value: 32 });
  metadata.set("general.quantization_version", { type: "u32", value: 2 });
  u32("vocab_size", config.vocabularySize);
  u32("context_length", config.maximumPositions);
  u32("embedding_length", config.hiddenSize);
  u32("block_count", config.layers);
  u32("feed_forward_length", config.intermediateSize);
  u32("attention.head_count", config.heads);
  u32("attention.head_count_kv", config.keyValueHeads);
  u32("attention.key_length", config.headDimension);
  u32("attention.value_length", config.headDimension);
  f32(
    blocks.norm === "layer" ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon",
    config.normEpsilon,
  );
  if (turned > 0) {
    u32("rope.dimension_count", turned);
    f32("rope.freq_base", config.ropeTheta);
  }
  const window = Math.max(0, ...blocks.windows);
  if (window > 0) u32("attention.sliding_window", window);
  if (blocks.attentionCap > 0) f32("attn_logit_softcapping", blocks.attentionCap);
  if (blocks.logitCap > 0) f32("final_logit_softcapping", blocks.logitCap);
  const scaling = config.ropeScaling;
  if (scaling !== undefined && scaling.type !== "linear") {
    u32("rope.scaling.original_context_length", scaling.originalMaximumPositions);
  }
  if (scaling?.type === "linear" || scaling?.type === "yarn") {
    metadata.set(`${name}.rope.scaling.type`, { type: "text", value: scaling.type });
    f32("rope.scaling.factor", scaling.factor);
  }
  if (scaling?.type === "longrope") f32("rope.scaling.attn_factor", ropeScale(config));
  return metadata;
}

/** Factors by which single waves are stretched, as the tensors that GGUF files keep them in. */
export function ropeFactors(config: ModelConfig): Map<string, Float32Array> {
  const scaling = config.ropeScaling;
  if (scaling?.type === "longrope") {
    const [short, long] = [scaling.shortFactors, scaling.longFactors].map((factors) => Float32Array.from(factors));
    if (scaling.attentionFactor === 1 && short.join() === long.join()) return new Map([["rope_freqs.weight", short]]);
    return new Map([["rope_factors_long.weight", long], ["rope_factors_short.weight", short]]);
  }
  if (scaling?.type !== "llama3") return new Map();
  const stretched = ropeFrequencies(config), plain = ropeFrequencies({ ...config, ropeScaling: undefined });
  return new Map([["rope_freqs.weight", plain.map((frequency, i) => frequency / stretched[i])]]);
}
