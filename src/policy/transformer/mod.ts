/** The policy that is a causal language model. @module */
export { candidateTrie } from "./candidate_trie.ts";
export { CHAT_TEMPLATE } from "./conversation.ts";
export { type EngineTrial, fasterEngine, type FasterEngineOptions } from "./engine/faster_engine.ts";
export type { FeedRequest, InferenceEngine } from "./engine/inference_engine.ts";
export { kernelEngine } from "./engine/kernel_engine.ts";
export { openWebGpuEngine, type WebGpuEngineOptions } from "./engine/webgpu/open_webgpu_engine.ts";
export type { ReadTensor } from "./engine/webgpu/_weights.ts";
export type { WeightFormat } from "./engine/webgpu/shaders/product.ts";
export { initializeTransformer, openTransformer, type TransformerModel } from "./initialize_transformer.ts";
export { loadTransformerPolicy, restoreTransformerPolicy } from "./load_transformer_policy.ts";
export { readTensors, writeTensors } from "./model_weights.ts";
export { SPECIAL_TOKENS, type SpecialTokens, specialTokens } from "./special_tokens.ts";
export { startAsMeans } from "./start_as_means.ts";
export { type AdamOptions, createTransformerPolicy, type TransformerPolicyOptions } from "./transformer_policy.ts";
export { SMALL_TRANSFORMER } from "./transformer_shape.ts";
export { wordsConstraint } from "./words_constraint.ts";
