/** Official OpenAI clients over Eddy's agents. @module */
export { answerChatBody } from "./answer_chat.ts";
export type { ChatCompletion, ChatCompletionChunk } from "./chat_response.ts";
export type { EddyAnswer } from "./eddy_answer.ts";
export { isOpenAiPath } from "./is_open_ai_path.ts";
export { OpenAiError, OpenAiErrorBody } from "./open_ai_error.ts";
export { openAiErrorOf } from "./open_ai_error_of.ts";
export { readObject } from "./read_body.ts";
export { countPrompt } from "./speech/count_prompt.ts";
export type { SignReceipt } from "./sign_receipt.ts";
export { openAiErrorAnswer } from "./open_ai_error_answer.ts";
export { OPEN_AI_DESCRIPTIONS } from "./open_ai_descriptions.ts";
export { openAiRoutes } from "./open_ai_routes.ts";
