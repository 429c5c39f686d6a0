/**
 * Text to tokens and back, and what may be written.
 *
 * {@linkcode compileConstraint} turns a JSON schema, an expression, a grammar, choices or tool calls into masks: a policy
 * takes the constraint with its request, and any other sampler the mask of a state by {@linkcode allowedTokens}.
 *
 * @module
 */
export { allowedTokens } from "./allowed_tokens.ts";
export { candidatesConstraint, type CandidatesConstraintOptions } from "./candidates_constraint.ts";
export { CHAIN_STEPS, type ChainOptions, type ChainStep, DEFAULT_CHAIN, type InfillTokens } from "./chain_options.ts";
export { compileConstraint } from "./compile_constraint.ts";
export type { Constraint } from "./constraint.ts";
export type { CompileConstraintOptions, ConstrainedTool, ConstraintSpec } from "./constraint_spec.ts";
export { type ChainInput, createSamplerChain, type SamplerChain } from "./create_sampler_chain.ts";
export { dryBreakers } from "./dry_breakers.ts";
export { finiteConstraint } from "./finite_constraint.ts";
export { filterLogits } from "./filter_logits.ts";
export { type ChatMessage, type ChatTemplate, chatTemplate, type RenderOptions } from "./template/chat_template.ts";
export { readChatTemplate } from "./template/read_chat_template.ts";
export { strftime } from "./template/strftime.ts";
export { type TemplateLimits } from "./template/bounded_interpreter.ts";
export { choice, digits, type Grammar, integer, sequence, text } from "./grammar.ts";
export { infillTokens } from "./infill_tokens.ts";
export { loadTokenizer } from "./load_tokenizer.ts";
export { plainVocabulary } from "./plain_vocabulary.ts";
export { type PlainVocabulary, tokenizerFromVocabulary } from "./tokenizer_from_vocabulary.ts";
export type { EncodedText, EncodeOptions, TextStream, Tokenizer } from "./tokenizer.ts";
export { type Draw, type SampledToken, type SampleInput, sampleToken } from "./sample_token.ts";
export { checkSamplingOptions, type SamplingOptions } from "./sampling.ts";
export { formatToolCall, parseToolCall, type ToolCall } from "./tool_call.ts";
export { toolCallConstraint } from "./tool_call_constraint.ts";
export { toolCallTokens } from "./tool_call_tokens.ts";
export type { WrittenCall } from "./tool_calls/call_scanner.ts";
export { formatToolCalls } from "./tool_calls/format_tool_calls.ts";
export { type ParsedAnswer, parseToolCalls } from "./tool_calls/parse_tool_calls.ts";
export { type ToolCallFamilyName, toolCallFamilyOf } from "./tool_calls/tool_call_family.ts";
export { readToolCallForm } from "./tool_calls/read_tool_call_form.ts";
export { type ToolCallForm, type ToolCallFormName, toolCallForms } from "./tool_calls/tool_call_form.ts";
export { type ToolCallDelta, type ToolCallStream, toolCallStream } from "./tool_calls/tool_call_stream.ts";
export { type LikelyToken, topLogProbs } from "./top_log_probs.ts";
export { trainTokenizer, type TrainTokenizerOptions } from "./train_tokenizer.ts";
export { searchWords } from "./search_words.ts";
export { type WordIndex, wordIndex, type WordIndexOptions, type WordMatch } from "./word_index.ts";
