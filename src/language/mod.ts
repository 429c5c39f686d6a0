/** Text to tokens and back, and what may be written. @module */
export { candidatesConstraint, type CandidatesConstraintOptions } from "./candidates_constraint.ts";
export { compileConstraint } from "./compile_constraint.ts";
export type { Constraint } from "./constraint.ts";
export { filterLogits } from "./filter_logits.ts";
export { type ChatMessage, type ChatTemplate, chatTemplate, type RenderOptions } from "./template/chat_template.ts";
export { readChatTemplate } from "./template/read_chat_template.ts";
export { strftime } from "./template/strftime.ts";
export { type TemplateLimits } from "./template/bounded_interpreter.ts";
export { choice, digits, type Grammar, integer, sequence, text } from "./grammar.ts";
export { loadTokenizer } from "./load_tokenizer.ts";
export type { EncodedText, EncodeOptions, TextStream, Tokenizer } from "./tokenizer.ts";
export { type Draw, type SampledToken, type SampleInput, sampleToken } from "./sample_token.ts";
export { checkSamplingOptions, type SamplingOptions } from "./sampling.ts";
export { formatToolCall, parseToolCall, type ToolCall } from "./tool_call.ts";
export { toolCallConstraint } from "./tool_call_constraint.ts";
export { toolCallTokens } from "./tool_call_tokens.ts";
export { trainTokenizer, type TrainTokenizerOptions } from "./train_tokenizer.ts";
