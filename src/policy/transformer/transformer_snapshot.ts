import type { Tokenizer } from "../../language/mod.ts";
import { type JsonObject, type ModelConfig, writeLlamaConfig } from "../checkpoint/mod.ts";
import type { PolicySnapshot } from "../policy.ts";
import { adapterSnapshot } from "./adapter/adapter_snapshot.ts";
import type { LowRankAdapter } from "./adapter/low_rank_adapter.ts";
import { CHAT_TEMPLATE } from "./conversation.ts";
import { learnerOf } from "./_trained_weights.ts";
import type { ActingModel } from "./acting_model.ts";
import { MOMENTS, readTensors } from "./model_weights.ts";
import type { SpecialTokens } from "./special_tokens.ts";
import type { AdamOptions } from "./transformer_policy.ts";

/** What a snapshot is taken of. */
export interface SnapshotSource {
  readonly model: ActingModel;
  readonly config: ModelConfig;
  readonly configJson?: JsonObject;
  readonly tokenizer: Tokenizer;
  readonly special: SpecialTokens;
  readonly version: number;
  readonly adam: AdamOptions;
  readonly maximumActionTokens: number;
  readonly adapter?: LowRankAdapter;
}

/** Weights are kept in float32, whatever the model came in; transformers 4 and 5 name the type differently. */
const FLOAT32 = { torch_dtype: "float32", dtype: "float32" };

/**
 * The weights by their Hugging Face names, with the files that make them a model folder; of an adapter its own alone, by
 * PEFT's names.
 *
 * @param resume Adds the optimiser's moments. Gradients that were accumulated and not yet applied are not kept.
 */
export function transformerSnapshot(source: SnapshotSource, resume: boolean): PolicySnapshot {
  const { adapter } = source;
  if (adapter) {
    const { model, config, version, adam, maximumActionTokens } = source;
    return adapterSnapshot({ model, config, adapter, version, own: { maximumActionTokens, adam } }, resume);
  }
  const { config, configJson, tokenizer, special, version, adam, maximumActionTokens } = source;
  const model = learnerOf(source.model);
  const tensors = readTensors(model, config);
  if (resume) tensors.set(MOMENTS, { shape: [2, model.parameterCount], values: model.readMoments() });
  // No padding token in config.json: PyTorch would not train that row of the embedding.
  const ids = { bos_token_id: null, eos_token_id: special.end, pad_token_id: null };
  const files = {
    "config.json": configJson === undefined
      ? { ...writeLlamaConfig(config), ...ids }
      : { ...configJson, ...FLOAT32, ...ids },
    "generation_config.json": { eos_token_id: special.end, pad_token_id: special.end, do_sample: true },
    "tokenizer_config.json": {
      tokenizer_class: "PreTrainedTokenizerFast",
      eos_token: "<|end|>",
      pad_token: "<|end|>",
      clean_up_tokenization_spaces: false,
      model_max_length: config.maximumPositions,
      chat_template: CHAT_TEMPLATE,
    },
    "eddy.json": { maximumActionTokens, adam, ...(resume ? { updates: model.updates } : {}) },
  };
  const texts = new Map(Object.entries(files).map(([name, json]) => [name, JSON.stringify(json, undefined, 2) + "\n"]));
  return { kind: "transformer", version, tensors, files: texts.set("tokenizer.json", tokenizer.toJson()) };
}
