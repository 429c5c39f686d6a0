import { ARCHITECTURES } from "../architecture/mod.ts";
import type { Architecture, GgufArchitecture } from "../architecture/architecture.ts";
import { configReader, type JsonObject, showValue } from "../config_reader.ts";
import type { GgufFile } from "./read_gguf.ts";

/** An architecture that GGUF files hold. */
export type GgufModel = Architecture & { readonly gguf: GgufArchitecture };

/**
 * The `config.json` that says what a GGUF file's metadata says, so that both kinds of files are read by one reader.
 *
 * @throws {EddyError} `model_unsupported` If the architecture is not one that Eddy computes; `checkpoint_invalid` If a
 * value is missing.
 */
export function ggufConfig(file: GgufFile, path: string): { readonly model: GgufModel; readonly json: JsonObject } {
  const { metadata, tensors } = file;
  const whole = configReader(Object.fromEntries(metadata), path);
  const name = metadata.get("general.architecture");
  const holds = (each: Architecture): each is GgufModel => each.gguf !== undefined && each.gguf.name === name;
  const model = [...ARCHITECTURES.values()].find(holds);
  if (model === undefined) return whole.unsupported(`'general.architecture' is ${showValue(name)}`);
  const own = Object.fromEntries(
    [...metadata].filter(([key]) => key.startsWith(`${name}.`)).map((
      [key, value],
    ) => [key.slice(`${name}.`.length), value]),
  );
  const reader = configReader(own, path);
  reader.only({ expert_count: 0, "attention.causal": true });
  whole.only({ "split.count": 1 });
  const embedding = tensors.get("token_embd.weight") ?? whole.invalid("it has no tensor 'token_embd.weight'");
  const heads = reader.natural("attention.head_count");
  const hidden = reader.natural("embedding_length");
  const headDimension = reader.natural("attention.key_length", hidden / heads);
  reader.only({ "attention.value_length": headDimension });
  const turned = reader.natural("rope.dimension_count", headDimension);
  const shared: JsonObject = {
    vocab_size: embedding.shape[0],
    hidden_size: hidden,
    num_hidden_layers: reader.natural("block_count"),
    num_attention_heads: heads,
    num_key_value_heads: reader.natural("attention.head_count_kv", heads),
    head_dim: headDimension,
    intermediate_size: reader.natural("feed_forward_length"),
    max_position_embeddings: reader.natural("context_length"),
    rms_norm_eps: own["attention.layer_norm_rms_epsilon"],
    layer_norm_epsilon: own["attention.layer_norm_epsilon"],
    rope_theta: own["rope.freq_base"],
    rope_scaling: ropeScaling(file, own, turned, path),
    partial_rotary_factor: turned === headDimension ? undefined : turned / headDimension,
    // 0 means none.
    sliding_window: own["attention.sliding_window"] || undefined,
    attn_logit_softcapping: own.attn_logit_softcapping,
    final_logit_softcapping: own.final_logit_softcapping,
    tie_word_embeddings: !tensors.has("output.weight"),
  };
  const json: JsonObject = {
    architectures: [model.classes[0]],
    model_type: model.modelType,
    torch_dtype: "float32",
    ...model.gguf.config?.(shared) ?? shared,
  };
  return { model, json: Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined)) };
}

/** How the rotations are stretched, in transformers' words; factors of single frequencies are tensors of the file. */
function ropeScaling(file: GgufFile, own: JsonObject, turned: number, path: string): JsonObject | undefined {
  const factors = (name: string): number[] | undefined => {
    if (!file.tensors.has(name)) return undefined;
    const { values } = file.read(name);
    if (values.length * 2 !== turned) configReader({}, path).invalid(`'${name}' has ${values.length} numbers`);
    return [...values];
  };
  const original = own["rope.scaling.original_context_length"] ?? own.context_length;
  const every = factors("rope_freqs.weight");
  const short = every ?? factors("rope_factors_short.weight"), long = every ?? factors("rope_factors_long.weight");
  if (short !== undefined && long !== undefined) {
    return {
      rope_type: "longrope",
      short_factor: short,
      long_factor: long,
      original_max_position_embeddings: original,
      attention_factor: every === undefined ? own["rope.scaling.attn_factor"] : 1,
    };
  }
  const type = own["rope.scaling.type"] ?? "none";
  if (type === "none") return undefined;
  const factor = own["rope.scaling.factor"];
  return { rope_type: type, factor, original_max_position_embeddings: original };
}
