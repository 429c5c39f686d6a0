/** Official OpenAI clients over Eddy's agents. @module */
export { isOpenAiPath } from "./is_open_ai_path.ts";
export { OpenAiError, OpenAiErrorBody } from "./open_ai_error.ts";
export { openAiErrorAnswer } from "./open_ai_error_answer.ts";
export { OPEN_AI_DESCRIPTIONS } from "./open_ai_descriptions.ts";
export { openAiRoutes } from "./open_ai_routes.ts";
