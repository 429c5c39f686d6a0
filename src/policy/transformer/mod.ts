/** The policy that is a causal language model. @module */
export { type ActingModel } from "./acting_model.ts";
export { candidateTrie } from "./candidate_trie.ts";
export { CHAT_TEMPLATE } from "./conversation.ts";
export { type EngineTrial, fasterEngine, type FasterEngineOptions } from "./engine/faster_engine.ts";
export type { FeedRequest, InferenceEngine } from "./engine/inference_engine.ts";
export type { GpuTransformerModel } from "./engine/gpu/gpu_transformer.ts";
export { chooseDevice, type Device, type DeviceChoice, type DeviceChoices } from "./engine/gpu/choose_device.ts";
export { findGpu, type FoundGpu } from "./engine/gpu/find_gpu.ts";
export { type GpuTransformerOptions, openGpuTransformer } from "./engine/gpu/open_gpu_transformer.ts";
export { kernelEngine } from "./engine/kernel_engine.ts";
export type { DeviceModelOptions } from "./engine/webgpu/_device_model.ts";
export { openWebGpuEngine, type ReadTensor, type WebGpuEngineOptions } from "./engine/webgpu/open_webgpu_engine.ts";

export type { DeviceFormats } from "./engine/webgpu/_weights.ts";
export type { WeightFormat } from "./engine/webgpu/shaders/stored_weights.ts";
export { initializeTransformer, openTransformer, type TransformerModel } from "./initialize_transformer.ts";
export { type AdapterTarget, adapterTargets } from "./adapter/adapter_targets.ts";
export { type LoraConfig, readLoraConfig, writeLoraConfig } from "./adapter/lora_config.ts";
export { adapterNumbers, adapterTensors, type LowRankAdapter, openAdapter } from "./adapter/low_rank_adapter.ts";
export {
  type LearningAdapterOptions,
  openLearningAdapter,
  writtenDecision,
  type WrittenTokens,
} from "./adapter/learning_adapter.ts";
export { writeAdapterFolder } from "./adapter/write_adapter_folder.ts";
export { mergedSource } from "./adapter/merged_source.ts";
export { mergeAdapter } from "./adapter/merge_adapter.ts";
export {
  loadTransformerPolicy,
  type LoadTransformerPolicyOptions,
  restoreTransformerPolicy,
  writeAdapter,
} from "./load_transformer_policy.ts";
export { type LoadedModelOn, loadModelOn, type ModelOnOptions } from "./load_model_on.ts";
export { loadPackedPolicy, loadPolicyOn, type PackedPolicyOptions } from "./load_packed_policy.ts";
export { loadPackedTransformer } from "./load_packed_transformer.ts";
export {
  type LoadedPackedTransformer,
  loadPackedTransformerFrom,
  type LoadPackedTransformerFromOptions,
} from "./load_packed_transformer_from.ts";
export { openPackedTransformer, type PackedFormats, type PackedTransformerModel } from "./open_packed_transformer.ts";
export { readTensors, writeTensors } from "./model_weights.ts";
export { SPECIAL_TOKENS, type SpecialTokens, specialTokens } from "./special_tokens.ts";
export { startAsMeans } from "./start_as_means.ts";
export { type AdamOptions, createTransformerPolicy, type TransformerPolicyOptions } from "./transformer_policy.ts";
export { SMALL_TRANSFORMER } from "./transformer_shape.ts";
export { wordsConstraint } from "./words_constraint.ts";
