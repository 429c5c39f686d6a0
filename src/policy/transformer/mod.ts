/** The policy that is a causal language model. @module */
export { type ActingModel } from "./acting_model.ts";
export { candidateTrie } from "./candidate_trie.ts";
export { CHAT_TEMPLATE } from "./conversation.ts";
export { initializeTransformer, openTransformer, type TransformerModel } from "./initialize_transformer.ts";
export { loadTransformerPolicy, restoreTransformerPolicy } from "./load_transformer_policy.ts";
export { loadPackedPolicy } from "./load_packed_policy.ts";
export { type LoadedPackedTransformer, loadPackedTransformer } from "./load_packed_transformer.ts";
export { openPackedTransformer, type PackedFormats, type PackedTransformerModel } from "./open_packed_transformer.ts";
export { readTensors, writeTensors } from "./model_weights.ts";
export { SPECIAL_TOKENS, type SpecialTokens, specialTokens } from "./special_tokens.ts";
export { type AdamOptions, createTransformerPolicy, type TransformerPolicyOptions } from "./transformer_policy.ts";
export { SMALL_TRANSFORMER } from "./transformer_shape.ts";
export { wordsConstraint } from "./words_constraint.ts";
